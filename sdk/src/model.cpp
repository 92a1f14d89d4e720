// SPDX-License-Identifier: Apache-2.0
#include "morgana/model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "json_number.hpp"
#include "morgana/error.hpp"
#include "morgana/nearest.hpp"
#include "morgana/stage.hpp"

namespace morgana {

const ValueType& Model::type() {
  static const ValueType type{
      "Model", ".safetensors",
      [](const std::filesystem::path& file) -> std::shared_ptr<const Value> { return load(file); }};
  return type;
}

void Model::save(const std::filesystem::path& file) const {
  Archive archive;
  archive.arrays = weights;
  archive.text["morgana"] = "model/1";
  archive.text["kind"] = kind;
  archive.text["configuration"] = configuration;
  archive.text["class_names"] = nlohmann::json(class_names).dump();
  archive.text["class_counts"] = nlohmann::json(class_counts).dump();
  archive.text["facts"] = nlohmann::json(facts).dump();  // not a number: null
  nlohmann::json list = nlohmann::json::array();
  for (const auto& curve : curves)
    list.push_back(
        {{"name", curve.name}, {"x_unit", curve.x_unit}, {"unit", curve.unit}, {"x", curve.x}, {"y", curve.y}});
  archive.text["curves"] = list.dump();
  if (codec) {
    archive.text["codec"] = std::string(codec->kind());
    archive.text["codec_configuration"] = codec->configuration();
  }
  archive.write(file);
}

std::shared_ptr<const Model> Model::load(const std::filesystem::path& file) {
  auto archive = Archive::read(file);
  auto model = std::make_shared<Model>();
  try {
    model->kind = archive.text_of("kind");
    model->configuration = archive.text_of("configuration");
    model->class_names = nlohmann::json::parse(archive.text_of("class_names")).get<std::vector<std::string>>();
    model->class_counts = nlohmann::json::parse(archive.text_of("class_counts")).get<std::vector<std::int64_t>>();
    const auto facts = nlohmann::json::parse(archive.text_of("facts"));
    for (const auto& [name, fact] : facts.items()) model->facts[name] = number_of(fact);
    for (const auto& entry : nlohmann::json::parse(archive.text_of("curves"))) {
      TrainingCurve curve{
          entry.at("name"), entry.at("x_unit"), entry.at("unit"), entry.at("x").get<std::vector<double>>(), {}};
      for (const auto& y : entry.at("y")) curve.y.push_back(number_of(y));
      model->curves.push_back(std::move(curve));
    }
  } catch (const nlohmann::json::exception& exception) {
    throw Error("{} does not hold a model: {}", file.string(), exception.what());
  }
  if (archive.text.contains("codec"))
    model->codec = load_codec(archive.text["codec"], archive.text["codec_configuration"]);
  model->weights = std::move(archive.arrays);
  return model;
}

std::size_t Model::bytes() const {
  std::size_t total = 0;
  for (const auto& [name, array] : weights) total += array.bytes();
  return total;
}

void Model::check_kind(const std::string& wanted) const {
  if (kind != wanted)
    throw Error("the model is of kind \"{}\", not \"{}\"", kind, wanted)
        .hint(fmt::format("sample it with sample.{}", kind));
}

SampledClasses::SampledClasses(Stage& stage)
    : per_class_(stage, "per_class",
                 {.value = 0,
                  .unit = "samples",
                  .min = 0,
                  .doc = "Samples of each class; 0: as many as the training data had."}),
      classes_(stage, "classes",
               {.value = std::vector<std::string>{}, .doc = "The classes to draw; empty: all that were trained on."}) {}

std::vector<std::int32_t> SampledClasses::labels(const Model& model, Context& context) const {
  for (const auto& name : *classes_)
    if (std::find(model.class_names.begin(), model.class_names.end(), name) == model.class_names.end())
      throw Error("the model knows no class \"{}\"; it can be asked for {}", name,
                  fmt::join(by_nearness(name, model.class_names), ", "));
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < model.class_names.size(); ++i) {
    if (!classes_->empty() && std::find(classes_->begin(), classes_->end(), model.class_names[i]) == classes_->end())
      continue;
    const auto trained = i < model.class_counts.size() ? model.class_counts[i] : 0;
    if (trained == 0) context.log().warning("class {} has no training examples and is left out", model.class_names[i]);
    const auto count = trained == 0 ? 0 : *per_class_ > 0 ? *per_class_ : trained;
    labels.insert(labels.end(), static_cast<std::size_t>(count), static_cast<std::int32_t>(i));
  }
  return labels;
}

}  // namespace morgana
