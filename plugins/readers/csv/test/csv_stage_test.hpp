// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>
#include <string>
#include <vector>

namespace morgana::testing {

/// A stage over files written by the test.
class CsvStageTest : public ::testing::Test {
 protected:
  explicit CsvStageTest(std::string stage) : name_(std::move(stage)) {}

  std::string write(const std::string& text, const std::string& name = "file.csv") const {
    const auto file = context_.root() / "in" / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  StageRunner& stage(const std::string& path) {
    stage_ = std::make_unique<StageRunner>(morgana_plugin(), name_);
    return stage_->set("path", path);
  }
  std::shared_ptr<const Traces> traces() { return stage_->run().output<Traces>("traces"); }
  std::string error() {
    try {
      stage_->run();
    } catch (const Error& error) {
      return error.what() + (error.hint().empty() ? "" : "; " + error.hint());
    }
    return "";
  }
  static ParameterValue list(const std::vector<std::string>& texts) { return texts; }
  static std::vector<float> all(const Traces& traces, std::string_view channel) {
    return traces.table().channels[traces.channel_index(channel)].values;
  }

  TestContext context_;
  std::unique_ptr<StageRunner> stage_;

 private:
  std::string name_;
};

}  // namespace morgana::testing
