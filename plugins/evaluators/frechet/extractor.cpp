// SPDX-License-Identifier: Apache-2.0
#include "extractor.hpp"

#include <numeric>

#include "morgana/error.hpp"

namespace morgana::frechet {

networks::ClassifierShape extractor_shape(const ImageShape& shape, std::size_t classes) {
  return {shape.channels, shape.height, shape.width, static_cast<std::int64_t>(classes), kExtractorFeatures};
}

bool same_codec(const Codec& first, const Codec& second) {
  return first.kind() == second.kind() && first.configuration() == second.configuration();
}

void check_extractor(const Model& model, const Images& images) {
  model.check_kind("extractor");
  if (!same_codec(*model.codec, *images.codec()))
    throw Error("the extractor was trained on images of another codec than input \"real\" has")
        .hint("train it on the images that the generator was trained on");
}

networks::Classifier load_extractor(const Model& model, at::Device device) {
  networks::Classifier network(extractor_shape(model.codec->shape(), model.class_names.size()), 0, device);
  network.load(model.weights);
  return network;
}

statistics::ClassList extractor_classes(const Model& model) {
  std::vector<std::int32_t> all(model.class_names.size());
  std::iota(all.begin(), all.end(), 0);
  statistics::ClassList classes;
  classes.add(model.class_names, all);
  return classes;
}

}  // namespace morgana::frechet
