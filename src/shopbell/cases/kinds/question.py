"""A question about a product before or after buying it: asked once, answered by a person."""

from shopbell.cases.fields import Field, FieldKind
from shopbell.cases.model import Kind, Party, Step, Timer, Wait, escalates, once_called
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow

_BUYER, _SYSTEM = (Side.BUYER,), (Side.SYSTEM,)

QUESTION = Kind(
    name="question",
    needs_order=False,
    fields=(
        Field("question", FieldKind.TEXT),
        Field("photos", FieldKind.FILES),
        Field("answer", FieldKind.TEXT),
        Field(
            "topic",
            FieldKind.CHOICE,
            choices=("specification", "size", "colour", "compatibility", "use", "other"),
        ),
    ),
    asks=("question",),
    takes=("topic", "photos"),
    flow=Flow(
        start="asked",
        ends=("solved", "withdrawn"),
        said="case.question_is_",
        moves=(
            Step(
                "asked",
                "answer",
                "answered",
                by=(Side.SELLER, Side.OPERATOR),
                asks=("answer",),
                takes=("photos",),
                when=(once_called,),
            ),
            escalates("asked"),
            Step("asked", "cancel", "withdrawn", by=_BUYER),
            Step("answered", "ask_on", "asked", by=_BUYER, asks=("question",), takes=("photos",)),
            Step("answered", "solved", "solved", by=_BUYER),
            Step("answered", "close", "solved", by=_SYSTEM),
        ),
    ),
    waits={
        "asked": Wait(Party.SELLER, Timer("first_response", "escalate")),
        "answered": Wait(Party.BUYER, Timer("reopen", "close")),
    },
)
