// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "graph/load_plan.hpp"
#include "graph/picture.hpp"
#include "morgana/plugin.hpp"
#include "morgana/testing.hpp"
#include "pipeline/fault.hpp"
#include "plugin/describe.hpp"
#include "plugin/manifest_json.hpp"

namespace morgana::host {
namespace {

ParameterInfo parameter(std::string name, ParameterType type, std::optional<ParameterValue> value) {
  ParameterInfo info;
  info.name = std::move(name);
  info.type = type;
  info.value = std::move(value);
  return info;
}

/// Plugins that are nothing but manifests beside files that cannot be opened: a plan needs no more.
class PlanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    PluginManifest plugin;
    plugin.library = context_.root() / "libmorgana_test.so";
    plugin.name = "test", plugin.version = "1", plugin.doc = "Tests.", plugin.abi = MORGANA_ABI, plugin.sdk = "1.0";
    StageManifest read, train, copy, report;
    read.name = "read.file";
    read.outputs = {{"traces", "Traces", ".safetensors", ""}};
    read.parameters = {parameter("path", ParameterType::kInputPath, std::nullopt)};
    train.name = "train.net";
    train.inputs = {{"traces", "Traces", ".safetensors", ""}};
    train.outputs = {{"model", "Model", ".safetensors", ""}};
    train.parameters = {parameter("steps", ParameterType::kInteger, std::int64_t{100}),
                        parameter("rate", ParameterType::kReal, 0.5)};
    train.seeded = train.accelerated = true;
    copy = train;
    copy.name = "train.copy";
    copy.parameters.clear();
    train.checks = true;
    copy.accelerated = false;
    report.name = "write.report";
    report.inputs = {{"models", "Model", ".safetensors", "", true, true}};
    plugin.stages = {read, train, copy, report};
    write(plugin.library, "no library");
    write(manifest_file(plugin.library), manifest_json(plugin));
    write(context_.root() / "data.csv", "1");
    catalog_ = std::make_shared<const Catalog>(std::vector<PluginFolder>{{context_.root(), "test"}});
    ASSERT_TRUE(catalog_->refusals().empty()) << catalog_->refusals()[0].what();
  }
  static void write(const std::filesystem::path& file, const std::string& text) { std::ofstream(file) << text; }

  Plan plan(const std::string& text, const std::vector<std::string>& overrides = {}) {
    write(context_.root() / "study.json", text);
    return load_plan(context_.root() / "study.json", overrides, catalog_, check_);
  }

  morgana::testing::TestContext context_;
  std::shared_ptr<const Catalog> catalog_;
  CheckNode check_;
};

constexpr const char* kStudy = R"({
  "schema": "morgana.pipeline/1", "seed": 7, "vary": { "g": ["net", "copy"] },
  "nodes": {
    "report": { "use": "write.report", "gather": { "models": "model.model" } },
    "model": { "use": "train.${g}", "in": { "traces": "flows.traces" }, "device": "cuda", "set": { "g=net": { "steps": 5 } } },
    "flows": { "use": "read.file", "set": { "path": "data.csv" } }
  }
})";

TEST_F(PlanTest, ResolvesTheWholePipeline) {
  const auto study = plan(kStudy);
  ASSERT_EQ(study.nodes.size(), 4u);
  EXPECT_EQ(study.nodes[0].name, "flows");
  EXPECT_EQ(std::get<std::string>(study.nodes[0].parameters[0].value), context_.root() / "data.csv");
  const auto& net = study.nodes[1];
  EXPECT_EQ(net.name, "model[g=net]");
  EXPECT_EQ(net.base_name, "model");
  EXPECT_EQ(net.variables.at("g"), "net");
  EXPECT_EQ(std::get<std::int64_t>(net.parameters[0].value), 5);
  EXPECT_FALSE(net.parameters[0].is_default);
  EXPECT_EQ(std::get<double>(net.parameters[1].value), 0.5);
  EXPECT_TRUE(net.parameters[1].is_default);
  EXPECT_EQ(net.device, "cuda");
  EXPECT_EQ(study.nodes[3].edges.size(), 2u);
  EXPECT_EQ(study.nodes[3].edges[1].from, 2u);
  for (std::size_t i = 0; i < study.nodes.size(); ++i)
    for (const auto& edge : study.nodes[i].edges) EXPECT_LT(edge.from, i);
}

TEST_F(PlanTest, MixesTheSeedWithTheNodesName) {
  const auto study = plan(kStudy), again = plan(kStudy), other = plan(kStudy, {"seed=8"});
  EXPECT_NE(study.nodes[1].seed, study.nodes[2].seed);
  EXPECT_EQ(study.nodes[1].seed, again.nodes[1].seed);
  EXPECT_NE(study.nodes[1].seed, other.nodes[1].seed);
}

TEST_F(PlanTest, AnOverrideOfSomeCopiesReplacesTheFilesValue) {
  const auto study = plan(kStudy, {"model[g=net].steps=9"});
  EXPECT_EQ(std::get<std::int64_t>(study.nodes[1].parameters[0].value), 9);
  EXPECT_THROW(plan(kStudy, {"model.steps=9"}), PipelineFault);  // train.copy has no steps
}

TEST_F(PlanTest, TheResolvedPipelineHoldsEveryDefault) {
  const auto json = nlohmann::json::parse(plan(kStudy).resolved_json);
  EXPECT_EQ(json["nodes"]["model[g=net]"]["set"]["rate"], 0.5);
  EXPECT_EQ(json["nodes"]["model[g=net]"]["in"]["traces"], "flows.traces");
  EXPECT_EQ(json["nodes"]["report"]["gather"]["models"].size(), 2u);
}

TEST_F(PlanTest, ReportsWhatChecksFindWithEverythingElse) {
  std::vector<std::string> checked;
  check_ = [&](const PlannedNode& node) {
    checked.push_back(node.name);
    return std::vector{Error("too many steps").hint("take fewer"), Error("rate and steps do not fit")};
  };
  try {
    plan(kStudy, {"vary.g=[\"net\"]", "report.colour=1"});
    FAIL();
  } catch (const PipelineFault& fault) {
    ASSERT_EQ(fault.faults().size(), 3u);
    EXPECT_EQ(sentence(fault.faults()[0]), "node \"model\": too many steps");
    EXPECT_EQ(fault.faults()[0].hint, "take fewer");
    EXPECT_EQ(sentence(fault.faults()[1]), "node \"model\": rate and steps do not fit");
    EXPECT_EQ(fault.faults()[1].position, (Position{5, 5}));
    EXPECT_EQ(fault.faults()[2].position.line, 0);
  }
  EXPECT_EQ(checked, std::vector<std::string>{"model[g=net]"}) << "of stages that declare checks only";
  checked.clear();
  EXPECT_THROW(plan(kStudy, {"model[g=net].steps=many"}), PipelineFault);
  EXPECT_EQ(checked, std::vector<std::string>{}) << "not before every parameter has its value";
}

TEST_F(PlanTest, TheManifestSurvivesItsFile) {
  const auto& written = *catalog_->files()[0].manifest;
  const auto read = read_manifest(manifest_file(written.library));
  EXPECT_EQ(manifest_json(read), manifest_json(written));
}

TEST_F(PlanTest, APictureShowsEachCopyOrFoldsThem) {
  const auto study = plan(kStudy);
  const auto count = [](const std::string& text, const std::string& word) {
    std::size_t number = 0;
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) ++number;
    return number;
  };
  EXPECT_EQ(count(graph_svg(study, Copies::kEach), "<rect"), 4u);
  EXPECT_EQ(count(graph_svg(study, Copies::kFolded), "<rect"), 3u);
  EXPECT_EQ(count(graph_svg(study, Copies::kFolded), "2 copies"), 1u);
}

TEST(SearchPath, NeverHasTheWorkingFolder) {
  ::setenv("MORGANA_PLUGIN_PATH", "::/usr:", 1);
  const auto folders = search_path({});
  ::unsetenv("MORGANA_PLUGIN_PATH");
  ASSERT_EQ(folders.size(), 2u);
  EXPECT_EQ(folders[0].path, "/usr");
  EXPECT_EQ(folders[1].named_by, "installation");
}

}  // namespace
}  // namespace morgana::host
