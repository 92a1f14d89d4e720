// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "morgana/archive.hpp"
#include "morgana/codec.hpp"
#include "morgana/context.hpp"
#include "morgana/parameter.hpp"
#include "morgana/value.hpp"

namespace morgana {

/// A curve recorded while training: "loss" over steps.
struct TrainingCurve {
  std::string name, x_unit, unit;
  std::vector<double> x, y;
};

/// A trained generator: weights, configuration, codec, and the classes it can be asked for.
///
/// Saved as safetensors: the weights under their own names (so a network's part of the file is its state dict), the
/// rest as JSON in the metadata.
class MORGANA_API Model final : public Value {
 public:
  std::string kind;                  ///< "ddpm"; a sampling stage refuses another
  std::string configuration = "{}";  ///< the generator's own JSON object
  std::map<std::string, Array> weights;
  std::shared_ptr<const Codec> codec;
  std::vector<std::string> class_names;
  std::vector<std::int64_t> class_counts;  ///< training examples of each class
  std::vector<TrainingCurve> curves;
  std::map<std::string, double> facts;  ///< "parameters", "steps": shown among the costs

  static const ValueType& type();
  const ValueType& value_type() const override { return type(); }
  void save(const std::filesystem::path& file) const override;
  static std::shared_ptr<const Model> load(const std::filesystem::path& file);
  std::size_t bytes() const override;

  /// Throws `Error` where this model is of another kind.
  void check_kind(const std::string& wanted) const;
};

/// What a sampling stage is asked to draw: the parameters `per_class` and `classes`, declared alike by all of them.
class MORGANA_API SampledClasses {
 public:
  explicit SampledClasses(Stage& stage);
  /// The labels to draw, class after class in the model's order: `per_class` of each class asked for, or, where it is
  /// 0, as many as the training data had. A class without training examples is left out with a warning. Throws `Error`
  /// with the classes there are, the nearest first, where one is not among them.
  std::vector<std::int32_t> labels(const Model& model, Context& context) const;

 private:
  Param<std::int64_t> per_class_;
  Param<std::vector<std::string>> classes_;
};

}  // namespace morgana
