// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "morgana/model.hpp"
#include "morgana/traces.hpp"

namespace morgana::controls {

/// A first-order Markov chain of packets for each class.
///
/// A state is a payload length with its direction, exactly as seen in training. What follows a state (or the start) is
/// drawn as a pair, the next state and the bin of its inter-arrival time, or the end, with the frequencies of
/// training. An end is counted only where the trace is shorter than an image: what was cut off there is not known.
class MarkovChain {
 public:
  /// Counts the first `packets` packets of labelled traces.
  MarkovChain(const Traces& traces, std::size_t packets);
  explicit MarkovChain(const Model& model);

  /// `states` F32 [states 2] (PL, DIR), `steps` I32 [steps 4] (class, state before or -1, state after or -1, time
  /// bin), in order, and `counts` I64 [steps].
  void store(Model& model) const;

  /// Appends one trace of at most `packets` packets to PL, DIR and IAT; returns its packets. `sample` is its number
  /// in its class.
  std::size_t draw(std::int32_t label, std::uint64_t class_seed, std::uint64_t sample, std::size_t packets,
                   std::vector<float>& payload, std::vector<float>& direction, std::vector<float>& time) const;

  std::size_t states() const noexcept { return states_.size() / 2; }
  std::size_t steps() const noexcept { return steps_.size(); }

 private:
  struct Step {
    std::int32_t label, before, after, time_bin;
    friend auto operator<=>(const Step&, const Step&) = default;
  };

  void sum_counts();

  std::vector<float> states_;
  std::vector<Step> steps_;
  std::vector<std::int64_t> counts_, until_;  ///< until_[i]: sum of counts before step i
};

/// Ten bins a decade from 1 us on; bin 0 is a time of exactly 0, bin 1 holds all below 1.26 us.
std::int32_t time_bin(float seconds);
/// A time in a bin, log-uniform; `share` in [0, 1).
float time_in_bin(std::int32_t bin, float share);

}  // namespace morgana::controls
