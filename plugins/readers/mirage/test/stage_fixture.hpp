// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>
#include <string>
#include <vector>

#include "sample_files.hpp"

namespace morgana::mirage {

inline constexpr const char* kSuffix = "_MIRAGE-2019_traffic_dataset_labeled_biflows.json";

/// Files in a temporary folder, and the stage that reads them.
class StageFixture : public ::testing::Test {
 protected:
  explicit StageFixture(std::string stage = "read.mirage-2019") : name_(std::move(stage)) {}

  std::filesystem::path file(const std::string& name, const std::string& text) {
    const auto path = context_.root() / name;
    samples::write(path, text);
    return path;
  }
  /// A file whose app is that of `SampleFlow`.
  std::filesystem::path capture(const std::vector<samples::SampleFlow>& flows) {
    return file(std::string("data/1539866692_com.example.app") + kSuffix, samples::file_of(flows));
  }
  testing::StageRunner& stage(const std::filesystem::path& path) {
    stage_ = std::make_unique<testing::StageRunner>(morgana_plugin(), name_);
    return stage_->set("path", path.string());
  }
  std::shared_ptr<const Traces> read(const std::filesystem::path& path) {
    return stage(path).run().output<Traces>("traces");
  }
  std::shared_ptr<const Traces> result() { return stage_->run().output<Traces>("traces"); }
  std::string error(testing::StageRunner& stage) {
    try {
      stage.run();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  /// The class of each trace.
  std::vector<std::string> labels() {
    const auto traces = result();
    std::vector<std::string> labels;
    for (std::size_t row = 0; row < traces->size(); ++row) labels.push_back((*traces)[row].label());
    return labels;
  }
  std::string saved(const Traces& traces) {
    traces.save(context_.root() / "saved");
    return testing::content_of(context_.root() / "saved");
  }

  std::string name_;
  testing::TestContext context_;
  std::unique_ptr<testing::StageRunner> stage_;
};

inline std::vector<float> values(const Traces& traces, std::string_view channel, std::size_t row = 0) {
  const auto span = traces[row].channel(channel);
  return {span.begin(), span.end()};
}

inline double column(const Traces& traces, const std::string& name, std::size_t row = 0) {
  for (const auto& column : traces.table().columns)
    if (column.name == name) return column.values[row];
  throw Error("no column {}", name);
}

}  // namespace morgana::mirage
