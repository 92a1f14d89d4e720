// SPDX-License-Identifier: Apache-2.0
#include "control_stage.hpp"

#include <algorithm>

#include "morgana/error.hpp"
#include "morgana/random.hpp"

namespace morgana::controls {

const Traces& training_traces(const Images& images) {
  if (!images.traces())
    throw Error("a control learns from traces, and these images are generated ones")
        .hint("connect \"images\" to an encoder");
  const auto& labels = images.labels();
  if (std::all_of(labels.begin(), labels.end(), [](auto label) { return label < 0; }))
    throw Error("none of the {} traces has a label", labels.size());
  return *images.traces();
}

Model control_model(const std::string& kind, const Images& images) {
  Model model;
  model.kind = kind;
  model.codec = images.codec();
  model.class_names = images.class_names();
  model.class_counts.assign(model.class_names.size(), 0);
  for (const auto label : images.labels())
    if (label >= 0) ++model.class_counts[static_cast<std::size_t>(label)];
  return model;
}

std::vector<std::uint64_t> numbers_in_class(const std::vector<std::int32_t>& labels) {
  std::vector<std::uint64_t> numbers, next;
  for (const auto label : labels) {
    next.resize(std::max(next.size(), static_cast<std::size_t>(label) + 1));
    numbers.push_back(next[static_cast<std::size_t>(label)]++);
  }
  return numbers;
}

std::uint64_t class_seed(std::uint64_t seed, std::int32_t label) {
  return mix_seed(seed, static_cast<std::uint64_t>(label));
}

}  // namespace morgana::controls
