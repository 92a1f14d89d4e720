// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The files that `morgana new-plugin` writes: a metric for evaluate.NAME, a generator for train.NAME, else a filter of
/// traces. @STAGE@ is "select.long-flows", @NAME@ "long-flows", @CLASS@
/// "LongFlows", @FILE@ "long_flows".
namespace morgana::host {

inline constexpr const char* kPluginBuildText = R"(cmake_minimum_required(VERSION 3.25)
project(@FILE@ LANGUAGES CXX)
find_package(morgana 1.0 REQUIRED)

# Add TENSORS in front of SOURCES for a stage that includes morgana/tensor.hpp.
morgana_add_plugin(@NAME@ SOURCES @FILE@.cpp)
)";

inline constexpr const char* kFilterText = R"(// Keeps the traces that are long enough.
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

namespace {

class @CLASS@ final : public morgana::Stage {
  morgana::In<morgana::Traces> traces{*this, "traces", "Traces to filter."};
  morgana::Out<morgana::Traces> kept{*this, "kept", "Traces with at least `packets` packets."};
  morgana::Param<int> packets{*this, "packets", {.value = 10, .unit = "packets", .min = 1, .doc = "Shortest trace kept."}};

  void run(morgana::Context& context) override {
    const auto rows = traces->rows_where([&](const morgana::TraceView& trace) {
      return trace.packets() >= static_cast<std::size_t>(*packets);
    });
    if (rows.empty()) throw morgana::Error("no trace has {} packets; the longest has {}", *packets, traces->longest());
    kept = traces->select(rows);
    context.log().info("kept {} of {} traces", kept->size(), traces->size());
  }
};

}  // namespace

MORGANA_PLUGIN("@NAME@", "1.0.0", "Keeps the traces that are long enough.",
               morgana::stage<@CLASS@>("@STAGE@"));
)";

inline constexpr const char* kFilterPipelineText =
    R"(// A pipeline to try the plugin with: morgana run try.json --set flows.path=FILE-OR-FOLDER
{
  "schema": "morgana.pipeline/1",
  "nodes": {
    "flows": { "use": "read.mirage-2019", "set": { "path": "." } },
    "mine": { "use": "@STAGE@", "in": { "traces": "flows.traces" }, "set": { "packets": 10 } }
  }
}
)";

inline constexpr const char* kMetricText = R"(// Compares how many packets the traces have.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include <cmath>

namespace {

class @CLASS@ final : public morgana::Stage {
  morgana::In<morgana::Traces> real{*this, "real", "Real traces held out from training."};
  morgana::In<morgana::Traces> synthetic{*this, "synthetic", "Generated traces."};
  morgana::In<morgana::Traces> train{*this, "train", "The training part, which gives the floor."};
  morgana::Out<morgana::Metrics> metrics{*this, "metrics", "One number, which stands in the report's verdict."};

  static double mean_packets(const morgana::Traces& traces) {
    return static_cast<double>(traces.packets()) / static_cast<double>(traces.size());
  }

  void run(morgana::Context&) override {
    if (real->empty() || synthetic->empty() || train->empty()) throw morgana::Error("a set has no traces");
    morgana::Metric metric;
    metric.name = "mean_packets_gap";
    metric.value = std::abs(mean_packets(*synthetic) - mean_packets(*real));
    metric.floor = std::abs(mean_packets(*train) - mean_packets(*real));  // real against real
    metric.unit = "packets";
    metric.better = morgana::Better::kLower;
    metric.real_count = static_cast<std::int64_t>(real->size());
    metric.synthetic_count = static_cast<std::int64_t>(synthetic->size());
    metric.headline = true;
    morgana::Metrics result;
    result.evaluator = "@STAGE@";
    result.metrics.push_back(metric);
    result.notes["mean_packets_gap"] = "absolute difference of the mean numbers of packets a trace";
    metrics = std::move(result);
  }
};

}  // namespace

MORGANA_PLUGIN("@NAME@", "1.0.0", "Compares how many packets the traces have.", morgana::stage<@CLASS@>("@STAGE@"));
)";

inline constexpr const char* kMetricPipelineText =
    R"(// The metric in a report, on two controls: morgana run try.json --set flows.path=FILE-OR-FOLDER
{
  "schema": "morgana.pipeline/1",
  "vary": { "generator": ["copy", "markov"] },
  "nodes": {
    "flows": { "use": "read.mirage-2019", "set": { "path": ".", "zero_payload": "drop" } },
    "split": { "use": "select.split", "in": { "traces": "flows.traces" } },
    "images": { "use": "encode.gasf", "in": { "traces": "split.train" }, "set": { "packets": 10 } },
    "model": { "use": "train.${generator}", "in": { "images": "images.images" } },
    "fake": { "use": "sample.${generator}", "in": { "model": "model.model" } },
    "traffic": { "use": "decode.traces", "in": { "images": "fake.images" } },
    "mine": {
      "use": "@STAGE@",
      "in": { "real": "split.test", "synthetic": "traffic.traces", "train": "split.train" }
    },
    "report": { "use": "write.report", "gather": { "metrics": ["mine.metrics"] } }
  }
}
)";

inline constexpr const char* kGeneratorText =
    R"(// A generator: each packet is that of some training trace of the class, at the same place.
#include <morgana/images.hpp>
#include <morgana/model.hpp>
#include <morgana/random.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

namespace {

class Train@CLASS@ final : public morgana::Stage {
  morgana::In<morgana::Images> images{*this, "images", "Labelled training images."};
  morgana::Out<morgana::Model> model{*this, "model", "What sample.@NAME@ needs."};

  void run(morgana::Context&) override {
    if (!images->traces()) throw morgana::Error("these images are generated ones").hint("connect \"images\" to an encoder");
    const auto& traces = *images->traces();
    morgana::Model result;
    result.kind = "@NAME@";
    result.codec = images->codec();
    result.class_names = images->class_names();
    result.class_counts.resize(result.class_names.size());
    for (const auto label : images->labels())
      if (label >= 0) ++result.class_counts[static_cast<std::size_t>(label)];
    // Weights are named arrays; with morgana/tensor.hpp they can be LibTorch's tensors.
    for (const auto& channel : traces.table().channels)
      result.weights["channel." + channel.name] = morgana::Array::of(channel.values);
    const auto& offsets = traces.table().offsets;
    result.weights["offsets"] = morgana::Array::of(std::vector<std::int64_t>(offsets.begin(), offsets.end()));
    result.weights["label"] = morgana::Array::of(images->labels());
    model = std::move(result);
  }
};

class Sample@CLASS@ final : public morgana::Stage {
  morgana::In<morgana::Model> model{*this, "model", "A model of train.@NAME@."};
  morgana::Out<morgana::Images> images{*this, "images", "Generated images, class after class."};
  morgana::SampledClasses classes{*this};
  morgana::Seed seed{*this};

  void run(morgana::Context& context) override {
    model->check_kind("@NAME@");
    const auto offsets = model->weights.at("offsets").as<std::int64_t>();
    const auto known = model->weights.at("label").as<std::int32_t>();
    std::vector<std::vector<std::size_t>> rows(model->class_names.size());
    for (std::size_t row = 0; row < known.size(); ++row)
      if (known[row] >= 0) rows[static_cast<std::size_t>(known[row])].push_back(row);
    const auto packets = [&](std::size_t row) { return static_cast<std::size_t>(offsets[row + 1] - offsets[row]); };

    morgana::TraceTable table;
    for (const auto& [name, unit] : model->codec->trace_channels()) table.channels.push_back({name, unit, {}});
    table.label = {model->class_names, classes.labels(*model, context)};
    for (std::size_t i = 0; i < table.label.id.size(); ++i) {
      const morgana::Random random(*seed, i);  // a sample is a function of the seed and its number alone
      std::uint64_t drawn = 0;
      const auto& of_class = rows[static_cast<std::size_t>(table.label.id[i])];
      const auto any = [&] { return of_class[random.below(drawn++, static_cast<std::uint32_t>(of_class.size()))]; };
      const std::size_t length = packets(any());
      for (std::size_t packet = 0; packet < length; ++packet) {
        std::size_t from = any();
        while (packets(from) <= packet) from = any();
        for (auto& channel : table.channels)
          channel.values.push_back(
              model->weights.at("channel." + channel.name).as<float>()[static_cast<std::size_t>(offsets[from]) + packet]);
      }
      table.offsets.push_back(table.offsets.back() + length);
    }
    images = morgana::Images(std::make_shared<const morgana::Traces>(std::move(table)), model->codec);
  }
};

}  // namespace

MORGANA_PLUGIN("@NAME@", "1.0.0", "Each packet is that of some training trace of the class, at the same place.",
               morgana::stage<Train@CLASS@>("train.@NAME@"), morgana::stage<Sample@CLASS@>("sample.@NAME@"));
)";

inline constexpr const char* kGeneratorPipelineText =
    R"(// The generator beside two controls: morgana run try.json --set flows.path=FILE-OR-FOLDER
{
  "schema": "morgana.pipeline/1",
  "vary": { "generator": ["@NAME@", "copy", "markov"] },
  "nodes": {
    "flows": { "use": "read.mirage-2019", "set": { "path": ".", "zero_payload": "drop" } },
    "split": { "use": "select.split", "in": { "traces": "flows.traces" } },
    "images": { "use": "encode.gasf", "in": { "traces": "split.train" }, "set": { "packets": 10 } },
    "model": { "use": "train.${generator}", "in": { "images": "images.images" } },
    "fake": { "use": "sample.${generator}", "in": { "model": "model.model" } },
    "traffic": { "use": "decode.traces", "in": { "images": "fake.images" } },
    "fidelity": {
      "use": "evaluate.fidelity",
      "in": { "real": "split.test", "synthetic": "traffic.traces", "train": "split.train" }
    },
    "report": { "use": "write.report", "gather": { "metrics": ["fidelity.metrics"], "models": ["model.model"] } }
  }
}
)";

}  // namespace morgana::host
