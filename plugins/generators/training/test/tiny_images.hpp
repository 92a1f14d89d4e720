// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "morgana/images.hpp"
#include "morgana/random.hpp"

/// For tests of generators: images without an encoder.
namespace morgana::testing {

/// A codec of one image shape that can neither encode nor decode; a model needs one.
class TinyCodec final : public Codec {
 public:
  explicit TinyCodec(ImageShape shape) : shape_(shape) {}
  std::string_view kind() const override { return "tiny"; }
  ImageShape shape() const override { return shape_; }
  std::size_t length() const override { return static_cast<std::size_t>(shape_.height); }
  std::vector<std::pair<std::string, std::string>> trace_channels() const override { return {{"PL", "bytes"}}; }
  void encode(const Traces&, std::span<const std::size_t>, std::span<float>) const override {}
  DecodedSeries decode(std::span<const float>, std::size_t, Inverse) const override { return {}; }
  std::string exactness() const override { return "cannot be undone"; }
  std::string configuration() const override { return "{}"; }

 private:
  ImageShape shape_;
};

/// `count` images of two classes: outer products of ramps, upwards in class 0 and downwards in class 1, with noise.
inline std::shared_ptr<const Images> tiny_images(std::size_t count, ImageShape shape) {
  std::vector<float> pixels;
  NameColumn labels{{"up", "down"}, {}};
  for (std::size_t i = 0; i < count; ++i) {
    const auto label = static_cast<std::int32_t>(i % 2);
    labels.id.push_back(label);
    const float strength = 0.5f + 0.4f * Random(1, i).uniform(0);
    for (std::int64_t c = 0; c < shape.channels; ++c)
      for (std::int64_t y = 0; y < shape.height; ++y)
        for (std::int64_t x = 0; x < shape.width; ++x) {
          const float ramp = static_cast<float>(x + y) / static_cast<float>(shape.height + shape.width - 2);
          pixels.push_back(strength * (label == 0 ? 2 * ramp - 1 : 1 - 2 * ramp));
        }
  }
  return std::make_shared<const Images>(std::move(pixels), std::move(labels), std::make_shared<const TinyCodec>(shape));
}

/// The bytes that a value saves as.
inline std::string saved_bytes(const Value& value, const std::filesystem::path& file) {
  value.save(file);
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

}  // namespace morgana::testing
