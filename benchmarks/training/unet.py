# SPDX-License-Identifier: Apache-2.0
"""The U-Net of ADM (Dhariwal and Nichol, arXiv:2105.05233, appendix) in Python's torch: the peer of our training step.

Written from the paper and the published parameter names, with the sizes of plugins/generators/ddpm, so that a state dict
of either loads into the other.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F


def norm(channels):
    groups = next(g for g in range(max(1, min(32, channels // 4)), 0, -1) if channels % g == 0)
    return nn.GroupNorm(groups, channels)


class ResidualBlock(nn.Module):
    def __init__(self, channels, out, embedding):
        super().__init__()
        self.in_layers = nn.Sequential(norm(channels), nn.SiLU(), nn.Conv2d(channels, out, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, 2 * out))
        self.out_layers = nn.Sequential(norm(out), nn.SiLU(), nn.Identity(), nn.Conv2d(out, out, 3, padding=1))
        self.skip_connection = nn.Identity() if out == channels else nn.Conv2d(channels, out, 1)

    def forward(self, x, embedding):
        scale, shift = self.emb_layers(embedding)[..., None, None].chunk(2, 1)
        h = self.out_layers[0](self.in_layers(x)) * (1 + scale) + shift
        return self.skip_connection(x) + self.out_layers[3](F.silu(h))


class Attention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.norm, self.qkv, self.proj_out = norm(channels), nn.Conv1d(channels, 3 * channels, 1), nn.Conv1d(channels, channels, 1)

    def forward(self, x):
        batch, channels, *_ = x.shape
        flat = x.reshape(batch, channels, -1)
        q, k, v = self.qkv(self.norm(flat)).reshape(batch * self.heads, 3 * channels // self.heads, -1).chunk(3, 1)
        scale = (channels // self.heads) ** -0.25
        weights = torch.softmax(torch.bmm((q * scale).transpose(1, 2), k * scale).float(), -1)
        attended = torch.bmm(v, weights.transpose(1, 2)).reshape(batch, channels, -1)
        return (flat + self.proj_out(attended)).reshape(x.shape)


class Down(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x):
        return self.op(x)


class Up(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x, size):
        return self.conv(F.interpolate(x, scale_factor=2, mode="nearest")[..., : size[0], : size[1]])


class UNet(nn.Module):
    def __init__(self, in_channels, out_channels, side, classes, channels=32, multipliers=(1, 2, 4), residual_blocks=1, attention=8, heads=4):
        super().__init__()
        self.channels, embedding = channels, 4 * channels
        self.time_embed = nn.Sequential(nn.Linear(channels, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.label_emb = nn.Embedding(classes, embedding)
        width, sides, skips = channels * multipliers[0], [side], [channels * multipliers[0]]
        self.input_blocks = nn.ModuleList([nn.ModuleList([nn.Conv2d(in_channels, width, 3, padding=1)])])
        for level, multiplier in enumerate(multipliers):
            for _ in range(residual_blocks):
                block = nn.ModuleList([ResidualBlock(width, channels * multiplier, embedding)])
                width = channels * multiplier
                if sides[-1] <= attention:
                    block.append(Attention(width, heads))
                self.input_blocks.append(block)
                skips.append(width)
            if level + 1 < len(multipliers):
                self.input_blocks.append(nn.ModuleList([Down(width)]))
                skips.append(width)
                sides.append((sides[-1] + 1) // 2)
        self.middle_block = nn.ModuleList(
            [ResidualBlock(width, width, embedding), Attention(width, heads), ResidualBlock(width, width, embedding)])
        self.output_blocks = nn.ModuleList()
        for level in reversed(range(len(multipliers))):
            for i in range(residual_blocks + 1):
                block = nn.ModuleList([ResidualBlock(width + skips.pop(), channels * multipliers[level], embedding)])
                width = channels * multipliers[level]
                if sides[level] <= attention:
                    block.append(Attention(width, heads))
                if level > 0 and i == residual_blocks:
                    block.append(Up(width))
                self.output_blocks.append(block)
        self.out = nn.Sequential(norm(width), nn.SiLU(), nn.Conv2d(width, out_channels, 3, padding=1))

    def forward(self, x, timesteps, labels):
        half = self.channels // 2
        angles = timesteps[:, None] * torch.exp(-math.log(10000) / half * torch.arange(half))[None]
        embedding = self.time_embed(torch.cat([angles.cos(), angles.sin()], 1)) + self.label_emb(labels)

        def run(block, h):
            for layer in block:
                if isinstance(layer, Up):
                    h = layer(h, skips[-1].shape[-2:])
                else:
                    h = layer(h, embedding) if isinstance(layer, ResidualBlock) else layer(h)
            return h

        skips, h = [], x
        for block in self.input_blocks:
            skips.append(h := run(block, h))
        h = run(self.middle_block, h)
        for block in self.output_blocks:
            h = run(block, torch.cat([h, skips.pop()], 1))
        return self.out(h)
