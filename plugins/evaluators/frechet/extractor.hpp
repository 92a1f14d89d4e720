// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/images.hpp"
#include "morgana/model.hpp"
#include "networks/classifier.hpp"
#include "statistics/trace_set.hpp"

/// The classifier whose hidden layer is compared, as a `Model` of kind "extractor".
namespace morgana::frechet {

constexpr std::int64_t kExtractorFeatures = 128;

networks::ClassifierShape extractor_shape(const ImageShape& shape, std::size_t classes);

bool same_codec(const Codec& first, const Codec& second);

/// Throws `Error` where the model is no extractor, or was trained on images of another codec.
void check_extractor(const Model& model, const Images& images);
networks::Classifier load_extractor(const Model& model, at::Device device);
/// Its classes, in the order of its answers.
statistics::ClassList extractor_classes(const Model& model);

}  // namespace morgana::frechet
