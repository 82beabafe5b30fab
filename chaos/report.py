"""What a run showed: a line for people, and the findings."""

from collections import Counter
from dataclasses import dataclass, field

from chaos.facts import read_facts
from chaos.finding import Finding
from chaos.send import Send


@dataclass
class Report:
    """One run in figures; `extra` counts messages beyond one for each person."""

    name: str
    title: str
    seconds: float = 0
    people: int = 0
    accepted: int = 0
    extra: int = 0
    uncertain: int = 0
    deaths: int = 0
    strikes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.findings

    def count(self, send: Send) -> None:
        """Add a send that is over."""
        facts = read_facts(send)
        self.people += send.people
        self.accepted += len(facts.messages)
        self.extra += len(facts.messages) - len({message.entry.to for message in facts.messages})
        self.uncertain += sum(row["status"] == "uncertain" for row in facts.recipients.values())

    def __str__(self) -> str:
        verdict = "held" if self.is_good else f"{len(self.findings)} FINDINGS"
        return (
            f"{self.name:<8} {self.title:<44} {self.people:>6} people {self.accepted:>6} accepted "
            f"{self.extra:>3} extra {self.uncertain:>4} uncertain {self.deaths:>4} deaths {self.seconds:>6.1f} s  "
            f"{verdict}"
        )


def once(findings: list[Finding]) -> list[Finding]:
    """Samples find the same again and again: the last of each is kept."""
    return list({(one.invariant, one.sentence.rpartition(" (")[0]): one for one in findings}.values())
