// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "channel.hpp"
#include "morgana/metrics.hpp"

namespace morgana::fidelity {

/// How much of the training part the synthetic traces repeat, beside how much the held-out real ones do.
///
/// On real traffic many held-out traces equal a training trace, so a copy is not by itself a leak: the floor is the
/// share of held-out real traces that match.
void report_memorisation(const Traces& train, const Traces& real, const Traces& synthetic,
                         const std::vector<Channel>& channels, std::uint64_t seed, Metrics& metrics);

/// Share of the synthetic points nearer to a training point than to any of as many held-out ones; ties count half.
/// Points are `[count columns]`, compared by the sum of absolute differences. NaN of nothing.
double share_nearer_to_training(const std::vector<float>& synthetic, const std::vector<float>& train,
                                const std::vector<float>& holdout, std::size_t columns);

}  // namespace morgana::fidelity
