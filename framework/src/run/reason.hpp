// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cache/store.hpp"

namespace morgana::host {

/// Why a node that is not in the cache has to run, against what it was made of the last time: "new", "packets 10 ->
/// 32", "its result is no longer in the cache".
std::string reason_of(Store& store, const std::string& pipeline, const std::string& node, const std::string& key,
                      const KeyMaterial& material);

}  // namespace morgana::host
