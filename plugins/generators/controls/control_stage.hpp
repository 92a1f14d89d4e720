// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "morgana/images.hpp"
#include "morgana/model.hpp"
#include "morgana/stage.hpp"

namespace morgana::controls {

/// The traces of images; throws `Error` for generated images, and where none of the traces has a label.
const Traces& training_traces(const Images& images);

/// A model of that kind with codec, class names and counts; weights are the caller's.
Model control_model(const std::string& kind, const Images& images);

/// How many samples of its own class stand before each: the number that a sample's random numbers are keyed by, so
/// that asking for more of one class changes nothing in another.
std::vector<std::uint64_t> numbers_in_class(const std::vector<std::int32_t>& labels);

/// The seed of one class.
std::uint64_t class_seed(std::uint64_t seed, std::int32_t label);

}  // namespace morgana::controls
