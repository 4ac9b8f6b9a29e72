"""Generated images of earlier steps, which a discriminator goes on seeing."""

import torch
from torch import Tensor


class ReplayBuffer:
    """Generated images of earlier steps (Shrivastava et al. 2017, https://arxiv.org/abs/1612.07828).

    They keep D from forgetting what G drew a few steps ago. Each checkpoint holds the buffer.
    """

    def __init__(self, size: int) -> None:
        self.size, self.images = size, torch.empty(0)

    def exchange(self, fake: Tensor, rng: torch.Generator) -> Tensor:
        """Remember some of `fake` (B, C, H, W); returns it, half of it swapped for remembered images.

        Until the buffer is full, images only go in and nothing is swapped. Images of another size than the
        `fake` ones are forgotten.
        """
        of_this_size = len(self.images) and self.images.shape[1:] == fake.shape[1:]
        self.images = self.images.to(fake.device) if of_this_size else fake[:0]
        room = self.size - len(self.images)
        if room:  # a full buffer stays the same tensor, for a CUDA graph keeps its address
            self.images = torch.cat([self.images, fake[:room]])
        fresh = fake[room:]  # images for which the buffer has no room
        if not len(fresh):
            return fake
        slots = torch.randperm(self.size, generator=rng, device=fake.device)[: len(fresh)]
        swap = torch.rand(len(fresh), 1, 1, 1, generator=rng, device=fake.device) < 0.5
        remembered = self.images[slots]  # (images without room, C, H, W)
        self.images[slots] = torch.where(swap, fresh, remembered)
        return torch.cat([fake[:room], torch.where(swap, remembered, fresh)])

    def state_dict(self) -> dict[str, Tensor]:
        return {"images": self.images.cpu()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        self.images = state["images"].clone()
