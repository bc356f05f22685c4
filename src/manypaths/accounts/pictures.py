"""The twelve pictures of which a young learner picks three, with the words for who hears them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

N_TO_PICK = 3
PICTURES: Mapping[str, str | Promise] = {
    "sun": _("sun"),
    "moon": _("moon"),
    "tree": _("tree"),
    "house": _("house"),
    "fish": _("fish"),
    "boat": _("boat"),
    "star": _("star"),
    "apple": _("apple"),
    "key": _("key"),
    "cup": _("cup"),
    "kite": _("kite"),
    "leaf": _("leaf"),
}
