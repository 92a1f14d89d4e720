// SPDX-License-Identifier: Apache-2.0
#include "payload_sizes.hpp"

#include <algorithm>
#include <cmath>

namespace morgana::decode {
namespace {

void sort_unique(std::vector<float>& sizes) {
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
}

float nearest_of(const std::vector<float>& sizes, float payload) {
  const auto above = std::lower_bound(sizes.begin(), sizes.end(), payload);
  if (above == sizes.begin()) return *above;
  if (above == sizes.end()) return sizes.back();
  return *above - payload < payload - above[-1] ? *above : above[-1];
}

}  // namespace

PayloadSizes::PayloadSizes(const Traces& training, std::size_t packets)
    : names_(training.class_names()), by_class_(names_.size()) {
  const auto payload = training.channel_index("PL");
  const auto direction = training.find_channel("DIR");
  for (std::size_t row = 0; row < training.size(); ++row) {
    const auto sizes = training.channel(payload, row);
    for (std::size_t i = 0; i < std::min(packets, sizes.size()); ++i) {
      const bool up = direction && training.channel(*direction, row)[i] < 0;
      overall_[up].push_back(sizes[i]);
      if (training.label(row) >= 0) by_class_[static_cast<std::size_t>(training.label(row))][up].push_back(sizes[i]);
    }
  }
  for (auto* sizes : {&overall_[0], &overall_[1]}) sort_unique(*sizes);
  for (auto& sizes : by_class_) sort_unique(sizes[0]), sort_unique(sizes[1]);
}

float PayloadSizes::nearest(const std::string& class_name, bool up, float payload) const {
  const auto found = std::find(names_.begin(), names_.end(), class_name);
  if (found != names_.end()) {
    const auto& sizes = by_class_[static_cast<std::size_t>(found - names_.begin())][up];
    if (!sizes.empty()) return nearest_of(sizes, payload);
  }
  return overall_[up].empty() ? std::round(payload) : nearest_of(overall_[up], payload);
}

}  // namespace morgana::decode
