// SPDX-License-Identifier: Apache-2.0
#include "run/reason.hpp"

#include <fmt/format.h>

namespace morgana::host {

std::string reason_of(Store& store, const std::string& pipeline, const std::string& node, const std::string& key,
                      const KeyMaterial& material) {
  const auto last = store.index().last_of_node(pipeline, node);
  if (!last) return "new";
  const auto list = changes(last->material, material);
  if (list.empty())
    return last->key == key ? "its result is no longer in the cache" : "keys are made in another way now";
  return fmt::format("{}", fmt::join(list, ", "));
}

}  // namespace morgana::host
