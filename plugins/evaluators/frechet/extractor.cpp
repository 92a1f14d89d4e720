// SPDX-License-Identifier: Apache-2.0
#include "extractor.hpp"

#include <numeric>

#include "morgana/error.hpp"

namespace morgana::frechet {

networks::ClassifierShape extractor_shape(const Images& images, std::size_t classes) {
  const auto shape = images.shape();
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
  const auto shape = model.codec->shape();
  networks::Classifier network({shape.channels, shape.height, shape.width,
                                static_cast<std::int64_t>(model.class_names.size()), kExtractorFeatures},
                               0, device);
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
