// SPDX-License-Identifier: Apache-2.0
#include "features.hpp"

#include <algorithm>

#include "morgana/error.hpp"

namespace morgana::downstream {

Features Features::select(std::span<const std::size_t> rows) const {
  Features result{columns, {}};
  result.values.reserve(rows.size() * columns);
  for (const auto index : rows) {
    const auto chosen = row(index);
    result.values.insert(result.values.end(), chosen.begin(), chosen.end());
  }
  return result;
}

void Features::append(const Features& other) {
  if (other.columns != columns) throw Error("tables of {} and {} columns do not fit", columns, other.columns);
  values.insert(values.end(), other.values.begin(), other.values.end());
}

Features features_of(const Traces& traces, const FeatureRecipe& recipe) {
  Features result{recipe.channels.size() * recipe.packets, {}};
  result.values.assign(traces.size() * result.columns, 0.0f);
  for (std::size_t channel = 0; channel < recipe.channels.size(); ++channel) {
    const auto packets = traces.expression(recipe.channels[channel]);
    for (std::size_t row = 0; row < traces.size(); ++row) {
      const auto start = packets.begin() + static_cast<std::ptrdiff_t>(traces.table().offsets[row]);
      std::copy_n(start, std::min(recipe.packets, traces.packets(row)),
                  result.values.begin() + static_cast<std::ptrdiff_t>(row * result.columns + channel * recipe.packets));
    }
  }
  return result;
}

}  // namespace morgana::downstream
