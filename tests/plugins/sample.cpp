// SPDX-License-Identifier: Apache-2.0
// A plugin that works, with a parameter of every type: what the tests of the command line run on.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

namespace {

using namespace morgana;

TraceTable table_of(int count, int packets) {
  TraceTable table;
  table.channels.push_back({"PL", "bytes", {}});
  table.label.names = {"a", "b"};
  for (int i = 0; i < count; ++i) {
    for (int packet = 0; packet < packets; ++packet) table.channels[0].values.push_back(static_cast<float>(i + packet));
    table.offsets.push_back(table.channels[0].values.size());
    table.label.id.push_back(i % 2);
  }
  return table;
}

class Make final : public Stage {
  Out<Traces> traces{*this, "traces", "Traces made up."};
  Param<int> count{*this, "count", {.value = 4, .unit = "traces", .min = 1, .max = 1000, .doc = "How many."}};
  Param<std::int64_t> packets{*this, "packets", {.value = 3, .unit = "packets", .min = 1, .doc = "Packets of each."}};
  Seed seed{*this};

  void run(Context&) override { traces = Traces(table_of(*count, static_cast<int>(*packets))); }
};

class Read final : public Stage {
  Out<Traces> traces{*this, "traces", "Traces of a file."};
  Param<InputPath> path{*this, "path", {.doc = "File to read."}};

  void run(Context&) override { traces = Traces(table_of(2, 2)); }
};

class Options final : public Stage {
  In<Traces> traces{*this, "traces", "Any traces."};
  In<Traces> other{*this, "other", "More traces.", Need::kOptional};
  Out<Traces> same{*this, "same", "The same traces."};
  Out<Metrics> metrics{*this, "metrics", "One number."};
  Param<double> learning_rate{
      *this,
      "learning_rate",
      {.value = 1e-3, .unit = "", .min = 0, .max = 1, .doc = "Step size.", .origin = "Kingma and Ba 2015"}};
  Param<bool> fast{*this, "fast", {.value = false, .doc = "Be quick."}};
  Param<Choice> mode{*this, "mode", {.value = Choice{"plain"}, .choices = {"plain", "fancy"}, .doc = "How."}};
  Param<std::string> title{*this, "title", {.value = "", .doc = "A title."}};
  Param<std::vector<std::int64_t>> widths{
      *this, "widths", {.value = std::vector<std::int64_t>{8, 16}, .min = 1, .doc = "Widths."}};
  Param<std::vector<double>> ratios{
      *this, "ratios", {.value = std::vector<double>{0.5}, .min = 0, .max = 1, .doc = "Ratios."}};
  Param<std::vector<std::string>> names{
      *this, "names", {.value = std::vector<std::string>{}, .choices = {"PL", "IAT"}, .doc = "Channels."}};
  Accelerated accelerated{*this};
  Parallel parallel{*this};

  void run(Context&) override {
    same = traces.shared();
    Metrics found;
    found.evaluator = "test.options";
    found.metrics.push_back({.name = "traces", .value = static_cast<double>(traces->size())});
    metrics = std::move(found);
  }
};

class Collect final : public Stage {
  Gather<Metrics> metrics{*this, "metrics", "Numbers."};
  Out<Metrics> all{*this, "all", "How many there were."};

  void run(Context&) override {
    Metrics found;
    found.metrics.push_back({.name = "count", .value = static_cast<double>(metrics.size())});
    all = std::move(found);
  }
};

}  // namespace

MORGANA_PLUGIN("sample", "1.0.0", "Stages to test the command line with.", stage<Make>("test.make", "Makes traces up."),
               stage<Read>("test.read", "Reads a file."),
               stage<Options>("test.options", "Has every kind of parameter."),
               stage<Collect>("test.collect", "Counts what it gathers."));
