// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "morgana/codec.hpp"
#include "morgana/stage.hpp"

/// For tests of plugins: runs one stage without a host.
namespace morgana::testing {

/// A context with scratch and checkpoint folders under a temporary one, which keeps what the stage logged.
class TestContext : public Context {
 public:
  TestContext() {
    std::string pattern = (std::filesystem::temp_directory_path() / "morgana-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw Error("cannot make a temporary folder");
    root_ = pattern;
    scratch_ = root_ / "scratch";
    checkpoints_ = root_ / "checkpoints";
    std::filesystem::create_directories(scratch_);
    std::filesystem::create_directories(checkpoints_);
  }
  ~TestContext() override { std::filesystem::remove_all(root_); }

  void progress(const Progress& progress) override {
    last_done = progress.done;
    if (stop_after != 0 && progress.done >= stop_after) stop = true;
  }
  bool stop_requested() const noexcept override { return stop; }
  Device device() const override { return device_; }
  int threads() const override { return thread_count; }
  const std::filesystem::path& scratch() override { return scratch_; }
  const std::filesystem::path& checkpoints() override { return checkpoints_; }
  const std::string& node() const override { return node_; }
  const std::map<std::string, std::string>& variables() const override { return variables_; }
  RunFacts run_facts() const override { return facts; }
  const std::filesystem::path& root() const { return root_; }

  std::vector<std::string> messages;
  std::atomic<bool> stop = false;
  std::uint64_t stop_after = 0;  ///< requests a stop once this much progress is made; 0: never
  std::uint64_t last_done = 0;
  int thread_count = 1;
  Device device_;
  RunFacts facts;

 protected:
  void write_log(LogLevel, std::string_view text) override { messages.emplace_back(text); }

 private:
  std::filesystem::path root_, scratch_, checkpoints_;
  std::string node_ = "node";
  std::map<std::string, std::string> variables_;
};

/// A stage of a plugin, by name, with its inputs and parameters given by hand.
///
///     StageRunner stage(morgana_plugin(), "select.minimum-packets");
///     stage.set("packets", 3).input("traces", traces).run();
///     EXPECT_EQ(stage.output<Traces>("kept")->size(), 2u);
class StageRunner {
 public:
  StageRunner(const PluginDescriptor* plugin, const std::string& name) {
    for (std::size_t i = 0; i < plugin->codec_count; ++i) register_codec(plugin->codecs[i]);
    for (std::size_t i = 0; i < plugin->stage_count; ++i)
      if (plugin->stages[i].name == name) stage_.reset(plugin->stages[i].create());
    if (!stage_) throw Error("the plugin has no stage {}", name);
    if (stage_->seed() != nullptr) stage_->seed()->set(7);
  }

  StageRunner& set(const std::string& name, ParameterValue value) {
    for (auto* parameter : stage_->parameters())
      if (parameter->info().name == name) {
        parameter->set(std::move(value));
        return *this;
      }
    throw Error("the stage has no parameter {}", name);
  }
  StageRunner& set(const std::string& name, const char* value) { return set(name, ParameterValue(std::string(value))); }
  StageRunner& set(const std::string& name, int value) { return set(name, ParameterValue(std::int64_t{value})); }
  StageRunner& set(const std::string& name, double value) { return set(name, ParameterValue(value)); }
  StageRunner& seed(std::uint64_t value) {
    stage_->seed()->set(value);
    return *this;
  }
  StageRunner& input(const std::string& name, std::shared_ptr<const Value> value, Origin origin = {}) {
    for (auto* input : stage_->inputs())
      if (input->name() == name) {
        input->connect(std::move(value), std::move(origin));
        return *this;
      }
    throw Error("the stage has no input {}", name);
  }
  StageRunner& run() { return run(context); }
  StageRunner& run(Context& with) {
    stage_->check();
    stage_->run(with);
    return *this;
  }
  template <typename T>
  std::shared_ptr<const T> output(const std::string& name) const {
    for (auto* output : stage_->outputs())
      if (output->name() == name) return std::static_pointer_cast<const T>(output->value());
    throw Error("the stage has no output {}", name);
  }

  Stage& stage() { return *stage_; }
  TestContext context;

 private:
  std::unique_ptr<Stage> stage_;
};

}  // namespace morgana::testing

/// The plugin under test, linked into the test program.
extern "C" const morgana::PluginDescriptor* morgana_plugin();
