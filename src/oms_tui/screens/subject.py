"""An order that was read, as the verbs look at it."""

from oms_tui.domain.answers import Profile
from oms_tui.verbs import Subject


def subject_of(profile: Profile) -> Subject:
    """What a verb would act on."""
    return Subject(order=profile.order, returns=profile.returns, claim=profile.claim)
