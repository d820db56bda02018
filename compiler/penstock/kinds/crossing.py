"""What it takes to use a component of another topology: its address, and where it is in another account, its owner's consent."""

from collections.abc import Iterator

from penstock.diagnostics import Diagnostic
from penstock.kinds.existing import arn_of
from penstock.model.component import Allowance, Component, Delivery, Existing, Publication
from penstock.model.deployed import mark
from penstock.model.origin import Place
from penstock.model.resolve import fault
from penstock.model.topology import Topology
from penstock.records import NamedTuple


class Where(NamedTuple):
    """An account and a region, as far as they are known."""

    account: str | None = None
    region: str | None = None

    def over(self, other: "Where") -> "Where":
        """The same, with what it leaves open taken from another."""
        return Where(self.account or other.account, self.region or other.region)


class Crossing(NamedTuple):
    """A component, its topology and the path to that, where it and those that use it are deployed, what the import says of it."""

    component: Component
    topology: Topology
    path: str
    there: Where
    here: Where
    stated: Where = Where()
    arn: str | None = None

    @property
    def other_account(self) -> bool:
        """Whether it is known that the accounts differ; an import says where something is because that is somewhere else."""
        known = self.here.account or self.stated.account
        return bool(known and self.there.account) and self.there.account != self.here.account

    @property
    def other_region(self) -> bool:
        """Whether it is known that the regions differ."""
        known = self.here.region or self.stated.region
        return bool(known and self.there.region) and self.there.region != self.here.region

    @property
    def far(self) -> bool:
        """Whether it is known that exports and parameters there are not seen here."""
        return self.other_account or self.other_region


How = Delivery | Publication | str
"""How something is used: it is read, it is sent to, or in a word."""


def crossed(
    crossing: Crossing, how: How, by: Component | str, place: Place
) -> tuple[Existing | None, list[Diagnostic]]:
    """Where the component is, and what keeps it from being used."""
    problems = list(_problems(crossing, how, by, place))
    existing, problem = _address(crossing, place)
    return existing, [*problems, *([problem] if problem else [])]


def waits(crossing: Crossing, how: How) -> bool:
    """Whether a stack needs another's when it is deployed: it reads what that makes, or learns its address from it."""
    if crossing.component.existing:
        return False
    return isinstance(how, Delivery) or how == "reference" or bool(crossing.component.export and not crossing.far)


def _address(crossing: Crossing, place: Place) -> tuple[Existing | None, Diagnostic | None]:
    """By what its owner publishes; else by its name, which makes its ARN. Exports and parameters are seen in one account and region."""
    component = crossing.component
    if component.existing:
        return component.existing, None
    if crossing.arn:
        return Existing(arn=crossing.arn), None
    if component.export and not crossing.far:
        return Existing(parameter=component.export.parameter, export=component.export.stack), None
    arn = arn_of(
        component,
        crossing.there.region or mark("AWS::Region"),
        crossing.there.account or mark("AWS::AccountId"),
    )
    if arn:
        return Existing(arn=arn), None
    if crossing.far:
        text = f"{component} of topology {crossing.topology.name!r} is in another account or region, where its export is not seen"
        help_ = f"give it a `physical_name` in {crossing.path}: that makes its ARN"
        if component.word == "key":
            help_ = f"write its ARN at the import: `keys: {{{component.name}: arn:aws:kms:...}}`"
        return None, fault("REF035", place, text, help_)
    text = f"topology {crossing.topology.name!r} does not publish {component}"
    return None, fault("REF036", place, text, f"write `export: true` for it in {crossing.path}")


def _problems(crossing: Crossing, how: How, by: Component | str, place: Place) -> Iterator[Diagnostic]:
    component = crossing.component
    if crossing.other_region and not (isinstance(how, Delivery) and component.word == "topic"):
        here = f"in {crossing.here.region}" if crossing.here.region else "elsewhere"
        text = f"{component} is in region {crossing.there.region}, and {by} {here}: AWS does not join them"
        help_ = "let a topic there be subscribed to from here; SNS delivers to other regions"
        yield fault("REF038", place, text, help_)
    if how == "alarm" and component.word == "topic" and component.name not in crossing.topology.alarms.topics:
        text = f"the policy of {component} of topology {crossing.topology.name!r} lets no alarms in"
        yield fault("REF023", place, text, f"write `alarms: {{notify: {component.name}}}` in {crossing.path}")
    if not crossing.other_account or how == "key":
        return
    if isinstance(how, Delivery) and component.word == "bus" and getattr(by, "word", "") != "bus":
        text = f"{component} is in account {crossing.there.account}: a rule that is written here delivers to nothing here but a bus"
        yield fault("REF024", place, text, f"let a bus of your own read it, and {by} read that")
    yield from _consent(crossing, how, by, place)


def _consent(crossing: Crossing, how: How, by: Component | str, place: Place) -> Iterator[Diagnostic]:
    """What is missing of the owner's consent to another account; only channels have such."""
    component, account = crossing.component, crossing.here.account
    allowance = getattr(component, "allowance", None)
    if not isinstance(allowance, Allowance) or not isinstance(how, Delivery | Publication):
        here = f"in {account}" if account else "elsewhere"
        text = f"{component} is in account {crossing.there.account}, and {by} {here}: nothing lets one use the other"
        yield fault("REF037", place, text, "put a channel between them")
        return
    way = "subscribe" if isinstance(how, Delivery) else "publish"
    if any((account or "") in one for one in getattr(allowance, way)):
        return
    others = f"account {account}" if account else "other accounts"
    text = f"topology {crossing.topology.name!r} does not let {others} {way} to {component}"
    yield fault(
        "REF037", place, text, f'write `allow: {{{way}: ["{account or "<account>"}"]}}` for it in {crossing.path}'
    )
