"""Commands for whole records and districts: out as signed packages, in again, and checked."""

from pathlib import Path
from typing import Annotated

import typer

from manypaths.base.errors import Refused
from manypaths.cli.session import (
    DistrictOption,
    JsonOption,
    QuietOption,
    answering,
    naming,
    place_for,
    print_json,
    say,
    set_up,
    showing_work,
    workplace,
)

PackageArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The package.")
]
KeyOption = Annotated[
    str | None,
    typer.Option("--key", help="The public key that must have signed it, or its fingerprint."),
]


def export_person(
    person: Annotated[str, typer.Argument(help="A name, or an id.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The zip to write.")],
    with_notes: Annotated[
        bool, typer.Option("--with-notes", help="Also what educators noted for each other.")
    ] = False,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give out the whole record of a person, signed: JSON, CSV, files and a page to read."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.people.queries import learner_named
        from manypaths.records.whole.writing import export_record

        if output.exists():
            raise Refused(f"{output} is there already; an export never overwrites a file.")
        with naming("person", person):
            found = learner_named(person.strip(), by=work.operator)
        with showing_work("Writing", shown=not (quiet or as_json)):
            output.touch(mode=0o600)
            try:
                written = export_record(
                    found, output, by=work.operator, at=now(), with_notes=with_notes
                )
            except BaseException:
                output.unlink()
                raise
        n_rows = sum(written.n_rows.values())
        if as_json:
            print_json({"file": str(output), "rows": written.n_rows, "files": written.n_files})
        elif not quiet:
            say(f"Wrote {n_rows:,} entries and {written.n_files:,} files to {output}.")


def import_person(
    file: PackageArgument,
    key: KeyOption = None,
    role: Annotated[
        str | None, typer.Option(help="A role that the person has here from today.")
    ] = None,
    school: Annotated[
        str | None, typer.Option(help="The school of that role; else the whole district.")
    ] = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take in the whole record of a person that another installation gave out."""
    if school is not None and role is None:
        raise typer.BadParameter("Say with --role what the person is at the school.")
    set_up()
    with answering(as_json=as_json):
        from manypaths.cli.home import is_made, make_home
        from manypaths.people.access import Operator
        from manypaths.records.whole.reading import district_of

        if not is_made():
            # Days are counted on the wall of the district that the work was done in.
            make_home(Operator(), *district_of(file))
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.people.models import Role
        from manypaths.records.whole.reading import import_record

        if role is not None and role not in Role.values:
            raise Refused(f"No role is called {role[:80]!r}; choose {', '.join(Role.values)}.")
        place = place_for(school, work.district, work.operator)
        with showing_work(f"Reading {file.name}", shown=not (quiet or as_json)):
            taken = import_record(
                file,
                by=work.operator,
                at=now(),
                key=key,
                here=(Role(role), place) if role else None,
            )
        if as_json:
            print_json(
                {
                    "person": str(taken.person.public_id),
                    "rows": taken.n_rows,
                    "files": taken.n_files,
                    "signed_by": taken.signed_by,
                    "is_placed": taken.is_placed,
                }
            )
        elif not quiet:
            n_rows = sum(taken.n_rows.values())
            say(
                f"Took in the record of {taken.person.name}: {n_rows:,} entries and "
                f"{taken.n_files:,} files, signed by the key {taken.signed_by}."
            )
            if not taken.is_placed:
                say(
                    "They learn and work nowhere here yet, so that nobody finds them. Have a "
                    "leader add them as a person, then put the two together with "
                    "`manypaths merge-people`."
                )
            if key is None:
                say("Ask whoever gave it out whether that is their key (`manypaths signing-key`).")


def export_district(
    output: Annotated[Path, typer.Option("--output", "-o", help="The zip to write.")],
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give out all that the district owns, signed: tables, files, frameworks. So it can leave."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.cli.progress import progress
        from manypaths.records import districts

        if output.exists():
            raise Refused(f"{output} is there already; an export never overwrites a file.")
        output.touch(mode=0o600)
        try:
            with progress(shown=not (quiet or as_json)) as tell:
                written = districts.export_district(
                    output, by=work.operator, at=now(), progress=tell
                )
        except BaseException:
            output.unlink()
            raise
        if as_json:
            print_json(
                {
                    "file": str(output),
                    "rows": written.n_rows,
                    "files": written.n_files,
                    "frameworks": written.n_frameworks,
                }
            )
        elif not quiet:
            say(
                f"Wrote {sum(written.n_rows.values()):,} rows of {len(written.n_rows)} tables, "
                f"{written.n_files:,} files and {written.n_frameworks:,} frameworks to {output}."
            )


def signing_key(as_json: JsonOption = False) -> None:
    """Show the public key by which this installation signs what it gives out."""
    set_up()
    with answering(as_json=as_json):
        from django.conf import settings

        from manypaths.base.signing_key import fingerprint, signer_of

        key = signer_of(settings.HOME).public_key
        if as_json:
            print_json({"public_key": key, "fingerprint": fingerprint(key), "kind": "Ed25519"})
            return
        say(f"Ed25519 public key: {key}")
        say(f"Fingerprint:        {fingerprint(key)}")


def check_export(file: PackageArgument, key: KeyOption = None, as_json: JsonOption = False) -> None:
    """Read a signed package through: whether it is as its installation gave it out."""
    set_up()
    with answering(as_json=as_json):
        from manypaths.records.packages import check_package

        found = check_package(file, key=key)
        if as_json:
            print_json(
                {
                    "file": str(file),
                    "kind": found.kind,
                    "made_at": found.made_at,
                    "version": found.version,
                    "files": len(found.files),
                    "counts": dict(found.counts),
                    "public_key": found.public_key,
                    "fingerprint": found.fingerprint,
                }
            )
        else:
            say(
                f"Whole: {found.kind}, {len(found.files):,} files of {found.made_at[:10]}, signed "
                f"by the key {found.fingerprint}."
            )
