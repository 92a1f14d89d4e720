// SPDX-License-Identifier: Apache-2.0
#include "markov_chain.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "morgana/error.hpp"
#include "morgana/random.hpp"

namespace morgana::controls {
namespace {

constexpr float kShortest = 1e-6f;
constexpr float kBinsADecade = 10.0f;

}  // namespace

std::int32_t time_bin(float seconds) {
  if (seconds <= 0) return 0;
  const float position = kBinsADecade * std::log10(seconds / kShortest);
  return 1 + static_cast<std::int32_t>(std::max(0.0f, std::floor(position)));
}

float time_in_bin(std::int32_t bin, float share) {
  if (bin == 0) return 0;
  return kShortest * std::pow(10.0f, (static_cast<float>(bin - 1) + share) / kBinsADecade);
}

MarkovChain::MarkovChain(const Traces& traces, std::size_t packets) {
  const auto payload = traces.channel_index("PL");
  const auto direction = traces.find_channel("DIR"), time = traces.find_channel("IAT");
  const auto state = [&](std::size_t row, std::size_t k) {
    return std::pair(traces.channel(payload, row)[k], direction ? traces.channel(*direction, row)[k] : 1.0f);
  };
  std::map<std::pair<float, float>, std::int32_t> numbers;
  for (std::size_t row = 0; row < traces.size(); ++row)
    for (std::size_t k = 0; k < std::min(packets, traces.packets(row)); ++k) numbers.emplace(state(row, k), 0);
  for (auto& [values, number] : numbers) {
    number = static_cast<std::int32_t>(states());
    states_.insert(states_.end(), {values.first, values.second});
  }
  std::map<Step, std::int64_t> found;
  for (std::size_t row = 0; row < traces.size(); ++row) {
    if (traces.label(row) < 0) continue;
    std::int32_t before = -1;
    for (std::size_t k = 0; k < std::min(packets, traces.packets(row)); ++k) {
      const auto after = numbers.at(state(row, k));
      ++found[{traces.label(row), before, after, time_bin(time ? traces.channel(*time, row)[k] : 0.0f)}];
      before = after;
    }
    if (traces.packets(row) < packets) ++found[{traces.label(row), before, -1, 0}];
  }
  for (const auto& [step, count] : found) {
    steps_.push_back(step);
    counts_.push_back(count);
  }
  sum_counts();
}

MarkovChain::MarkovChain(const Model& model) {
  for (const char* name : {"states", "steps", "counts"})
    if (!model.weights.contains(name)) throw Error("the model holds no \"{}\"", name);
  states_ = model.weights.at("states").to_vector<float>();
  const auto steps = model.weights.at("steps").as<std::int32_t>();
  for (std::size_t i = 0; i + 3 < steps.size(); i += 4)
    steps_.push_back({steps[i], steps[i + 1], steps[i + 2], steps[i + 3]});
  counts_ = model.weights.at("counts").to_vector<std::int64_t>();
  sum_counts();
}

void MarkovChain::sum_counts() {
  until_.assign(1, 0);
  for (const auto count : counts_) until_.push_back(until_.back() + count);
}

void MarkovChain::store(Model& model) const {
  std::vector<std::int32_t> steps;
  for (const auto& step : steps_) steps.insert(steps.end(), {step.label, step.before, step.after, step.time_bin});
  model.weights["states"] = Array::of(states_, {static_cast<std::int64_t>(states()), 2});
  model.weights["steps"] = Array::of(std::move(steps), {static_cast<std::int64_t>(steps_.size()), 4});
  model.weights["counts"] = Array::of(counts_);
}

std::size_t MarkovChain::draw(std::int32_t label, std::uint64_t class_seed, std::uint64_t sample, std::size_t packets,
                              std::vector<float>& payload, std::vector<float>& direction,
                              std::vector<float>& time) const {
  const Random random(class_seed, sample);
  std::int32_t before = -1;
  for (std::size_t k = 0; k < packets; ++k) {
    const auto begin = std::lower_bound(steps_.begin(), steps_.end(), Step{label, before, -1, 0}) - steps_.begin();
    const auto end =
        std::lower_bound(steps_.begin() + begin, steps_.end(), Step{label, before + 1, -1, 0}) - steps_.begin();
    // A state that was only ever seen as an image's last has no successor.
    if (begin == end) return k;
    const auto first = until_[static_cast<std::size_t>(begin)], total = until_[static_cast<std::size_t>(end)] - first;
    const auto drawn = first + random.below(2 * k, static_cast<std::uint32_t>(total));
    const auto above = std::upper_bound(until_.begin() + begin, until_.begin() + end + 1, drawn);
    const auto& step = steps_[static_cast<std::size_t>(above - until_.begin()) - 1];
    if (step.after < 0) return k;
    before = step.after;
    payload.push_back(states_[2 * static_cast<std::size_t>(before)]);
    direction.push_back(states_[2 * static_cast<std::size_t>(before) + 1]);
    time.push_back(time_in_bin(step.time_bin, random.uniform(2 * k + 1)));
  }
  return packets;
}

}  // namespace morgana::controls
