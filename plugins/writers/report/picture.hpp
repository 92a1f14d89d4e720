// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "morgana/images.hpp"

namespace morgana::report {

/// A greyscale PNG of 8 bits as a data URI.
std::string png_data_uri(std::span<const std::uint8_t> pixels, int width, int height);

/// Up to `per_class` images of each class as one PNG: a row a class, the channels of an image side by side. Classes are
/// those of `class_names`, in that order; one without images stays blank.
std::string image_grid(const Images& images, const std::vector<std::string>& class_names, int per_class);

}  // namespace morgana::report
