// SPDX-License-Identifier: Apache-2.0
// read.model: a model that an earlier run trained, for a pipeline that samples or compares it.
#include "morgana/archive.hpp"
#include "morgana/count_text.hpp"
#include "morgana/model.hpp"
#include "morgana/stage.hpp"

namespace morgana::read_model {
namespace {

class ReadModel final : public Stage {
  Out<Model> model{*this, "model", "The model as it was trained: weights, codec and class names."};
  Param<InputPath> path{*this,
                        "path",
                        {.doc = "The .safetensors file of a Model: a link in values/ of a run's folder, or a copy. The "
                                "plugin that has its codec must be installed."}};

  void run(Context& context) override {
    const auto& text = Archive::read(path->path).text;
    const auto format = text.find("morgana");
    if (format == text.end())
      throw Error("{} is no model of Morgana: its metadata has no \"morgana\"", path->path.string())
          .hint("give the file that a train stage's Model was saved to");
    if (format->second != "model/1")
      throw Error("{} holds {}, not a model", path->path.string(), format->second.substr(0, format->second.find('/')));
    auto read = Model::load(path->path);
    context.log().info("a model of kind {}, {}", read->kind, count_text(read->class_names.size(), "class", "classes"));
    model = std::move(read);
  }
};

}  // namespace
}  // namespace morgana::read_model

MORGANA_PLUGIN("model", "1.0.0", "Models of earlier runs.",
               morgana::stage<morgana::read_model::ReadModel>("read.model", "Reads a trained model from its file."));
