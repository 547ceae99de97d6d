"""Many people who scan at once, with a gateway that repeats itself and is late: who was told what, and when."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from uuid import uuid4

from tests.abdm.clinics import Abdm
from tests.abdm.stand_in import Answer, a_profile
from tests.waiting import take_time


@dataclass(frozen=True)
class Told:
    """`numbers` of all people in the order of their shares, and seconds from each share to its answer, sorted."""

    numbers: list[str]
    took_s: list[float]
    answers: int

    def quantile(self, share: float) -> float:
        """So many of the answers took no longer, in seconds."""
        return self.took_s[min(len(self.took_s) - 1, int(share * len(self.took_s)))]


async def a_crowd(abdm: Abdm, people: int, within_s: float, seed: int = 7) -> Told:
    """Each shares a profile at a random moment. One in twenty callbacks is repeated, one in twenty answers is late.

    Late answers are taken two seconds later, or not at all and have to be sent again.
    """
    chance = random.Random(seed)
    request_ids = [str(uuid4()) for _ in range(people)]
    late = [Answer(503), Answer(late_s=2.0)]
    for _ in range(people):
        abdm.gateway.on_share.append(late[chance.randrange(2)] if chance.random() < 0.05 else Answer())

    async def share(index: int, after_s: float, *, is_repeated: bool) -> None:
        await take_time(after_s)
        body = a_profile(f"person{index}@sbx", ("GEN", "LAB")[index % 2], name=f"Person {index}")
        for _ in range(2 if is_repeated else 1):
            answer = await abdm.gateway.share(abdm.running.anonymous, body, request_ids[index])
            assert answer.status_code == 200

    moments = [chance.random() * within_s for _ in range(people)]
    await asyncio.gather(
        *(share(index, after_s, is_repeated=chance.random() < 0.05) for index, after_s in enumerate(moments))
    )
    await abdm.shares.settled()
    gateway = abdm.gateway
    took = sorted(gateway.told_at[one] - gateway.shared_at[one] for one in request_ids)
    answers = sum(len(gateway.told[one]) for one in request_ids)
    return Told([gateway.number(one) for one in request_ids], took, answers)
