// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "morgana/codec.hpp"
#include "morgana/traces.hpp"
#include "morgana/value.hpp"

namespace morgana {

/// A set of labelled images `[count channels height width]`, values in [-1, 1], with the codec they belong to.
///
/// Images of traces are computed when asked for and never stored: a series of N numbers stays N numbers. Generated
/// ones are pixels. Saved as safetensors: the traces, or `pixels` F32, with `label` I32 and the codec's JSON.
class MORGANA_API Images final : public Value {
 public:
  /// Images of traces, computed on demand.
  Images(std::shared_ptr<const Traces> traces, std::shared_ptr<const Codec> codec);
  /// Generated images; `pixels` is `[labels.size() channels height width]`.
  Images(std::vector<float> pixels, NameColumn labels, std::shared_ptr<const Codec> codec);

  static const ValueType& type();
  const ValueType& value_type() const override { return type(); }
  void save(const std::filesystem::path& file) const override;
  static std::shared_ptr<const Images> load(const std::filesystem::path& file);
  std::size_t bytes() const override;

  std::size_t size() const noexcept { return labels().size(); }
  ImageShape shape() const { return codec_->shape(); }
  const std::vector<std::string>& class_names() const noexcept;
  /// `[size]`, indices of `class_names`; -1 where unknown.
  const std::vector<std::int32_t>& labels() const noexcept;
  const std::shared_ptr<const Codec>& codec() const noexcept { return codec_; }
  /// Null for generated images.
  const std::shared_ptr<const Traces>& traces() const noexcept { return traces_; }
  /// Empty for images of traces.
  std::span<const float> pixels() const noexcept { return pixels_; }

  /// Writes the images of some rows, `[rows channels height width]`, into `out`.
  void batch(std::span<const std::size_t> rows, std::span<float> out) const;

 private:
  std::shared_ptr<const Traces> traces_;
  std::vector<float> pixels_;
  NameColumn labels_;
  std::shared_ptr<const Codec> codec_;
};

}  // namespace morgana
