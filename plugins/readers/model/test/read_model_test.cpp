// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "morgana/archive.hpp"
#include "morgana/model.hpp"
#include "morgana/testing.hpp"

namespace morgana {
namespace {

class ReadModelTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const char* name) const { return context.root() / name; }

  std::string fault_of(const std::filesystem::path& path) {
    testing::StageRunner stage(morgana_plugin(), "read.model");
    try {
      stage.set("path", path.string()).run();
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }

  testing::TestContext context;
};

Model small_model() {
  Model model;
  model.kind = "constant";
  model.configuration = R"({"level":3})";
  model.class_names = {"a", "b"};
  model.class_counts = {4, 0};
  model.weights["level"] = Array::of(std::vector<float>{1, 2, 3});
  model.facts["steps"] = 12;
  return model;
}

TEST_F(ReadModelTest, GivesBackWhatWasSaved) {
  small_model().save(file("model.safetensors"));
  testing::StageRunner stage(morgana_plugin(), "read.model");
  stage.set("path", file("model.safetensors").string()).run();
  const auto model = stage.output<Model>("model");
  EXPECT_EQ(model->kind, "constant");
  EXPECT_EQ(model->configuration, R"({"level":3})");
  EXPECT_EQ(model->class_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(model->class_counts, (std::vector<std::int64_t>{4, 0}));
  EXPECT_EQ(model->weights.at("level").to_vector<float>(), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(model->facts.at("steps"), 12);
}

TEST_F(ReadModelTest, SavedAgainItIsTheSameFile) {
  small_model().save(file("model.safetensors"));
  testing::StageRunner stage(morgana_plugin(), "read.model");
  stage.set("path", file("model.safetensors").string()).run();
  stage.output<Model>("model")->save(file("again.safetensors"));
  const auto bytes = [](const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(stream), {}};
  };
  EXPECT_EQ(bytes(file("model.safetensors")), bytes(file("again.safetensors")));
}

TEST_F(ReadModelTest, SaysWhatAFileIsThatIsNoModel) {
  Archive archive;
  archive.text["morgana"] = "traces/1";
  archive.write(file("traces.safetensors"));
  EXPECT_EQ(fault_of(file("traces.safetensors")), file("traces.safetensors").string() + " holds traces, not a model");

  archive.text = {{"format", "pt"}};
  archive.write(file("other.safetensors"));
  EXPECT_EQ(fault_of(file("other.safetensors")),
            file("other.safetensors").string() + " is no model of Morgana: its metadata has no \"morgana\"");

  std::ofstream(file("text.txt")) << "no archive at all";
  EXPECT_EQ(fault_of(file("text.txt")), file("text.txt").string() + " is not a safetensors file, or is truncated");
}

TEST_F(ReadModelTest, NamesTheCodecThatNoLoadedPluginHas) {
  Archive archive;
  archive.text = {{"morgana", "model/1"}, {"kind", "constant"},   {"configuration", "{}"},
                  {"class_names", "[]"},  {"class_counts", "[]"}, {"facts", "{}"},
                  {"curves", "[]"},       {"codec", "spiral"},    {"codec_configuration", "{}"}};
  archive.write(file("model.safetensors"));
  EXPECT_EQ(fault_of(file("model.safetensors")), "no loaded plugin has the codec \"spiral\"");
}

TEST_F(ReadModelTest, CutAnywhereItIsAnError) {
  small_model().save(file("model.safetensors"));
  const auto size = std::filesystem::file_size(file("model.safetensors"));
  for (std::uintmax_t kept = 0; kept < size; ++kept) {
    std::filesystem::copy_file(file("model.safetensors"), file("cut.safetensors"),
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(file("cut.safetensors"), kept);
    EXPECT_NE(fault_of(file("cut.safetensors")), "none") << kept << " of " << size << " bytes";
  }
}

}  // namespace
}  // namespace morgana
