"""Functions behind which there is nobody's record, and why."""

from manypaths.estimates import queries as estimates
from manypaths.estimates.services.replaying import lock
from manypaths.evidence import queries as evidence
from manypaths.evidence.drafts import TasksTranslation
from manypaths.evidence.services import save_tasks, translate_tasks
from manypaths.frameworks import browsing
from manypaths.frameworks import queries as frameworks
from manypaths.frameworks.services.links import held_elsewhere
from manypaths.people import roster_pages
from manypaths.people.access import Actor
from tests.stage import LATER, Records
from tests.walls.kinds import Open


def _lock(by: Actor, records: Records) -> bool:
    lock(records.learner)
    return True


_FOR_ALL = "reads a framework, which all of its district may read"
# What the walker holds such a function to: no other room can call it.
PART = "a part of deeds that have checked who asks, for its own room alone"

OPEN = {
    "people.directory.places_led": Open("names what the one who asks leads themself"),
    "people.roster_pages.organizations_served": Open("names what an integration works with itself"),
    "people.roster_pages.groups_page": Open(
        "lists groups that `by` may read",
        lambda by, r: roster_pages.groups_page(by=by, after=None, most=9),
    ),
    "people.queries.people_signed_in": Open(
        "names who did what to a record in hand, which the caller was shown"
    ),
    "people.queries.zone_of": Open("names the time zone of an organization in hand"),
    "frameworks.queries.framework_named": Open(
        _FOR_ALL, lambda by, r: frameworks.framework_named(r.framework.title, by=by)
    ),
    "frameworks.queries.competency_coded": Open(
        _FOR_ALL,
        lambda by, r: frameworks.competency_coded(r.framework, r.competency.code, by=by),
    ),
    "frameworks.queries.competency_for": Open(
        _FOR_ALL, lambda by, r: frameworks.competency_for(r.competency.public_id, by=by)
    ),
    "frameworks.queries.tree": Open(_FOR_ALL, lambda by, r: frameworks.tree(r.framework)),
    "frameworks.queries.prerequisites": Open(
        _FOR_ALL, lambda by, r: frameworks.prerequisites(r.framework)
    ),
    "frameworks.queries.published_frameworks": Open(
        "reads frameworks that are published", lambda by, r: frameworks.published_frameworks()
    ),
    "frameworks.queries.associations_of": Open(
        _FOR_ALL, lambda by, r: frameworks.associations_of(r.framework)
    ),
    "frameworks.queries.levels_of": Open(_FOR_ALL, lambda by, r: frameworks.levels_of(r.framework)),
    "frameworks.browsing.frameworks_in_use": Open(
        _FOR_ALL, lambda by, r: browsing.frameworks_in_use(by=by)
    ),
    "frameworks.browsing.drafts": Open(
        "names the drafts of those who may change them", lambda by, r: browsing.drafts(by=by)
    ),
    "frameworks.browsing.draft_of": Open(
        "names the draft of a framework to those who may change it",
        lambda by, r: browsing.draft_of(r.framework, by=by),
    ),
    "frameworks.browsing.versions_of": Open(
        _FOR_ALL, lambda by, r: browsing.versions_of(r.framework, by=by)
    ),
    "frameworks.browsing.competency_view": Open(_FOR_ALL),
    "evidence.queries.task_counts": Open(
        "counts tasks, which all may do", lambda by, r: evidence.task_counts(r.competency)
    ),
    "evidence.queries.tasks_showing": Open(
        "reads tasks of a framework, which all may do",
        lambda by, r: evidence.tasks_showing(r.competency),
    ),
    "frameworks.services.links.held_elsewhere": Open(
        PART, lambda by, r: held_elsewhere([r.competency.identifier])
    ),
    "frameworks.services.links.link_waiting_ties": Open(PART),
    "frameworks.services.scales.save_scale": Open(PART),
    "frameworks.services.taking_over.take_over": Open(PART),
    "evidence.queries.tasks_by_lineage": Open(
        "reads tasks of a framework, which all may do",
        lambda by, r: evidence.tasks_by_lineage(r.framework)[r.competency.lineage_id or 0],
    ),
    "evidence.queries.tasks_for": Open(
        "reads tasks of a framework, which all may do",
        lambda by, r: evidence.tasks_for([r.competency])[r.competency.pk],
    ),
    "evidence.queries.answered_tasks": Open(
        "reads tasks of a framework, which all may do",
        lambda by, r: evidence.answered_tasks(r.competency),
    ),
    "evidence.queries.task_for": Open(
        "reads one task, which all of its district may read",
        lambda by, r: evidence.task_for(r.task.public_id),
    ),
    "evidence.queries.competency_of_task": Open(
        "reads what a task is about",
        lambda by, r: evidence.competency_of_task(r.task),
    ),
    "evidence.queries.tasks_with_keys": Open(
        "reads tasks of a framework, which all may do",
        lambda by, r: evidence.tasks_with_keys([r.task.pk]),
    ),
    "evidence.queries.criteria_of": Open("reads what is looked for in a task's work"),
    "evidence.queries.ratings_of_work": Open(
        "says of a piece of work that the caller was shown already what it was rated"
    ),
    "evidence.queries.answers_of": Open(
        "reads what tasks know of right and wrong, which is about nobody",
        lambda by, r: evidence.answers_of([r.task])[r.task.pk],
    ),
    "evidence.queries.descriptions": Open(
        "puts pieces of evidence into words that the caller was shown already",
        lambda by, r: evidence.descriptions([r.response]),
    ),
    "evidence.services.tasks.save_tasks": Open(
        "any educator of a district may add tasks to its frameworks",
        lambda by, r: save_tasks(r.framework, [], by=by, at=LATER),
    ),
    "evidence.services.translating.translate_tasks": Open(
        "any educator of a district may translate the tasks of its frameworks",
        lambda by, r: (
            translate_tasks(r.framework, TasksTranslation("es", {}, {}), by=by, at=LATER) == 0
        ),
    ),
    "evidence.queries.specimens_of": Open("reads the answers behind slips that the caller has"),
    "frameworks.queries.areas_of": Open(_FOR_ALL),
    "frameworks.queries.prerequisite_lineages": Open(
        _FOR_ALL, lambda by, r: frameworks.prerequisite_lineages(r.framework)
    ),
    "estimates.queries.estimated_competencies": Open(
        _FOR_ALL, lambda by, r: estimates.estimated_competencies(r.framework)
    ),
    "estimates.services.fitting.is_unfitted": Open(PART),
    "estimates.services.fitting.fit_family": Open(PART),
    "estimates.services.fitting.put_in_force": Open(PART),
    "estimates.services.evidence.bring_along": Open(PART),
    "estimates.services.model_runs.work_on": Open(PART),
    "estimates.services.model_runs.give_up": Open(PART),
    "estimates.services.replaying.lock_all": Open(PART),
    "estimates.services.replaying.model_for": Open(PART),
    "estimates.services.replaying.lock": Open(PART, _lock),
    "estimates.services.replaying.follows": Open("compares two times"),
    "estimates.services.replaying.bring_in": Open(PART),
    "estimates.services.replaying.replay_one": Open(PART),
    "estimates.services.replaying.rebuild_learners": Open(PART),
    "estimates.services.replaying.write_beliefs": Open(PART),
}
