"""What repeats itself on the page of a class: the ends of its rows, the heads of its columns.

Said forty times on a page, these few words cost a tenth of it as elements of a template.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from manypaths.web.safe import hidden_fields, matrix_feet, matrix_heads, more_button

if TYPE_CHECKING:
    from manypaths.web.pages.my_class.showing import Column, Row

register = template.Library()


@register.simple_tag(takes_context=True)
def row_fields(context: Context, row: "Row") -> SafeString:
    """Return what a form of a row sends along: that it is ours, on what, and for whom."""
    said = [
        ("csrfmiddlewaretoken", str(context["csrf_token"])),
        ("competency", str(row.competency.public_id)),
        ("who", row.who),
    ]
    if row.slip:
        said.append(("slip", str(row.slip.public_id)))
    return hidden_fields(said)


@register.simple_tag
def row_more(row: "Row", clears: str = "") -> SafeString:
    """Return the button that opens a row, which may be cleared from the list of this name."""
    words = _("More for %(name)s") % {"name": row.competency.name}
    return more_button(f"row/?list={clears}" if clears else "row/", words)


@register.simple_tag
def column_heads(columns: "Sequence[Column]", to_class: str) -> SafeString:
    """Return the names of the matrix's competencies, by which a whole class is rated."""
    return matrix_heads(
        [
            (
                column.competency.name,
                f"{to_class}rate/{column.competency.public_id}/",
                column.begins_area,
            )
            for column in columns
        ]
    )


@register.simple_tag
def column_feet(columns: "Sequence[Column]") -> SafeString:
    """Return how many have shown each of the matrix's competencies."""
    return matrix_feet([(column.n_shown, column.begins_area) for column in columns])
