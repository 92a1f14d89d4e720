// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "morgana/images.hpp"
#include "morgana/metrics.hpp"
#include "morgana/model.hpp"
#include "morgana/plugin.hpp"
#include "morgana/testing.hpp"

extern "C" const morgana::PluginDescriptor* morgana_plugin();

namespace morgana {
namespace {

/// A codec of one pixel: the first payload length, in kilobytes.
class FirstPacket final : public Codec {
 public:
  std::string_view kind() const override { return "first-packet"; }
  ImageShape shape() const override { return {1, 1, 1}; }
  std::size_t length() const override { return 1; }
  std::vector<std::pair<std::string, std::string>> trace_channels() const override { return {{"PL", "bytes"}}; }
  void encode(const Traces& traces, std::span<const std::size_t> rows, std::span<float> images) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) images[i] = traces[rows[i]].channel("PL")[0] / 1000;
  }
  DecodedSeries decode(std::span<const float> images, std::size_t count, Inverse) const override {
    DecodedSeries series;
    for (std::size_t i = 0; i < count; ++i) series.values.push_back(images[i] * 1000);
    series.lengths.assign(count, 1);
    series.residuals.assign(count, 0);
    return series;
  }
  std::string exactness() const override { return "exact"; }
  std::string configuration() const override { return "{}"; }
  static std::shared_ptr<const Codec> load(const char*) { return std::make_shared<const FirstPacket>(); }
};

class Draws final : public Stage {
 public:
  SampledClasses classes{*this};
  void run(Context&) override {}
};

Traces sample_traces() {
  TraceTable table;
  table.channels = {{"PL", "bytes", {100, 200, 300, 400, 500, 600}}, {"DIR", "", {-1, 1, -1, 1, 1, 1}}};
  table.offsets = {0, 1, 3, 6};
  table.payload = {{0, 2, 2, 3, 3, 3, 6}, {1, 2, 3, 4, 5, 6}};
  table.label = {{"a", "b"}, {0, 1, 1}};
  table.capture = {{"first.json"}, {0, 0, 0}};
  table.label_source = {LabelSource::kExact, LabelSource::kMostCommon, LabelSource::kUnknown};
  table.keys = {"1.2.3.4,1,5.6.7.8,2,6", "", "x"};
  table.columns = {{"duration", "s", {0.5, 1, 1e-9}}};
  table.counts = {{"skipped: no label", 3}};
  table.notes = {{"unit", "IAT was in microseconds"}};
  return Traces(std::move(table));
}

class Values : public ::testing::Test {
 protected:
  std::filesystem::path file(const char* name) const { return context_.root() / name; }
  testing::TestContext context_;
};

TEST_F(Values, TracesSurviveTheirFile) {
  const auto traces = sample_traces();
  traces.save(file("t"));
  const auto loaded = Traces::load(file("t"));
  EXPECT_EQ(loaded->size(), 3u);
  EXPECT_EQ(loaded->table().channels[1].values, traces.table().channels[1].values);
  EXPECT_EQ(loaded->table().offsets, traces.table().offsets);
  EXPECT_EQ(loaded->table().keys, traces.table().keys);
  EXPECT_EQ(loaded->table().label_source, traces.table().label_source);
  EXPECT_EQ(loaded->table().columns[0].values, traces.table().columns[0].values);
  EXPECT_EQ(loaded->table().counts, traces.table().counts);
  EXPECT_EQ(loaded->table().notes, traces.table().notes);
  EXPECT_EQ((*loaded)[2].label(), "b");
  EXPECT_EQ(loaded->table().payload.bytes, traces.table().payload.bytes);
  EXPECT_EQ(std::vector<std::uint8_t>(loaded->payload(5).begin(), loaded->payload(5).end()),
            (std::vector<std::uint8_t>{4, 5, 6}));
}

TEST_F(Values, NoTracesAreTracesToo) {
  Traces().save(file("t"));
  EXPECT_TRUE(Traces::load(file("t"))->empty());
}

TEST_F(Values, TracesAreSelectedByRow) {
  const auto chosen = sample_traces().select(std::vector<std::size_t>{2, 0});
  EXPECT_EQ(chosen.size(), 2u);
  EXPECT_EQ(chosen.packets(0), 3u);
  EXPECT_EQ(chosen[1].channel("PL")[0], 100.0f);
  EXPECT_EQ(chosen.table().keys[0], "x");
  EXPECT_EQ(chosen.rows_by_class()[1], (std::vector<std::size_t>{0}));
  EXPECT_EQ(chosen.table().payload.offsets, (std::vector<std::uint64_t>{0, 0, 0, 3, 5}));
  EXPECT_EQ(chosen.table().payload.bytes, (std::vector<std::uint8_t>{4, 5, 6, 1, 2}));
  EXPECT_EQ(sample_traces().first_packets(2).table().payload.offsets, (std::vector<std::uint64_t>{0, 2, 2, 3, 3, 3}));
}

TEST_F(Values, AnExpressionMultipliesChannels) {
  EXPECT_EQ(sample_traces().expression("PL*DIR"), (std::vector<float>{-100, 200, -300, 400, 500, 600}));
  EXPECT_EQ(sample_traces().expression_unit("PL*DIR"), "bytes");
  try {
    sample_traces().expression("WIN");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the traces have no channel \"WIN\"; they have PL, DIR");
  }
}

TEST_F(Values, ColumnsThatDoNotFitAreRefused) {
  const auto refused = [](auto change) {
    auto table = sample_traces().table();
    change(table);
    try {
      const Traces traces(std::move(table));
    } catch (const Error&) {
      return true;
    }
    return false;
  };
  EXPECT_TRUE(refused([](TraceTable& table) { table.offsets = {0, 3, 1, 6}; }));
  EXPECT_TRUE(refused([](TraceTable& table) { table.channels[0].values.pop_back(); }));
  EXPECT_TRUE(refused([](TraceTable& table) { table.label.id[0] = 2; }));
  EXPECT_TRUE(refused([](TraceTable& table) { table.keys.pop_back(); }));
  EXPECT_TRUE(refused([](TraceTable& table) { table.payload.bytes.pop_back(); }));
  EXPECT_TRUE(refused([](TraceTable& table) { table.columns[0].values.pop_back(); }));
  EXPECT_FALSE(refused([](TraceTable&) {}));
}

TEST_F(Values, ImagesOfTracesAreComputedAndSaveTheTraces) {
  const CodecEntry entry = codec<FirstPacket>("first-packet");
  register_codec(entry);
  const Images images(std::make_shared<const Traces>(sample_traces()), std::make_shared<const FirstPacket>());
  images.save(file("i"));
  const auto loaded = Images::load(file("i"));
  std::vector<float> pixels(2);
  loaded->batch(std::vector<std::size_t>{2, 0}, pixels);
  EXPECT_EQ(pixels, (std::vector<float>{0.4f, 0.1f}));
  EXPECT_EQ(loaded->labels(), (std::vector<std::int32_t>{0, 1, 1}));
  EXPECT_EQ(loaded->traces()->table().keys[2], "x");
}

TEST_F(Values, GeneratedImagesSaveTheirPixels) {
  register_codec(codec<FirstPacket>("first-packet"));
  const Images images({0.25f, 0.5f}, {{"a", "b"}, {1, 0}}, std::make_shared<const FirstPacket>());
  images.save(file("i"));
  const auto loaded = Images::load(file("i"));
  std::vector<float> pixels(1);
  loaded->batch(std::vector<std::size_t>{1}, pixels);
  EXPECT_EQ(pixels[0], 0.5f);
  EXPECT_EQ(loaded->traces(), nullptr);
  EXPECT_THROW(Images({0.25f}, {{"a"}, {0, 0}}, std::make_shared<const FirstPacket>()), Error);
}

TEST_F(Values, AModelSurvivesItsFile) {
  register_codec(codec<FirstPacket>("first-packet"));
  Model model;
  model.kind = "ddpm";
  model.configuration = R"({"channels":32})";
  model.weights["out.0.bias"] = Array::of(std::vector<float>{1, 2});
  model.codec = std::make_shared<const FirstPacket>();
  model.class_names = {"a", "b"};
  model.class_counts = {2, 1};
  model.curves = {{"loss", "steps", "", {1, 2}, {0.5, std::numeric_limits<double>::quiet_NaN()}}};
  model.facts = {{"parameters", 2}, {"loss", std::nan("")}};
  model.save(file("m"));
  const auto loaded = Model::load(file("m"));
  EXPECT_EQ(loaded->weights.at("out.0.bias").to_vector<float>(), (std::vector<float>{1, 2}));
  EXPECT_EQ(loaded->codec->kind(), "first-packet");
  EXPECT_EQ(loaded->curves[0].y[0], 0.5);
  EXPECT_TRUE(std::isnan(loaded->curves[0].y[1]));
  EXPECT_EQ(loaded->facts.at("parameters"), 2.0);
  EXPECT_TRUE(std::isnan(loaded->facts.at("loss")));
  testing::TestContext context;
  const auto drawn = [&](const Model& from, std::int64_t per_class, std::vector<std::string> classes) {
    Draws stage;
    stage.parameters()[0]->set(per_class);
    stage.parameters()[1]->set(std::move(classes));
    return stage.classes.labels(from, context);
  };
  EXPECT_EQ(drawn(*loaded, 0, {}), (std::vector<std::int32_t>{0, 0, 1}));
  EXPECT_EQ(drawn(*loaded, 1, {}), (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(drawn(*loaded, 2, {"b"}), (std::vector<std::int32_t>{1, 1}));
  EXPECT_TRUE(context.messages.empty());
  try {
    drawn(*loaded, 2, {"bb"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the model knows no class \"bb\"; it can be asked for b, a");
  }
  model.class_counts[0] = 0;
  EXPECT_EQ(drawn(model, 2, {}), (std::vector<std::int32_t>{1, 1})) << "never seen in training";
  EXPECT_FALSE(context.messages.empty());
  loaded->check_kind("ddpm");
  EXPECT_THROW(loaded->check_kind("gan"), Error);
}

TEST_F(Values, MetricsKeepEveryDigitAndTheirNaN) {
  Metrics metrics;
  metrics.evaluator = "evaluate.test";
  metrics.metrics.push_back({.name = "jsd",
                             .value = 0.1 + 0.2,
                             .unit = "bits",
                             .better = Better::kLower,
                             .tags = {{"class", "a"}},
                             .floor = 0.01,
                             .low = 0.2,
                             .high = 0.4,
                             .repeats = 5,
                             .real_count = 10,
                             .synthetic_count = 9,
                             .headline = true,
                             .note = ""});
  metrics.metrics.push_back(
      {.name = "jsd", .value = std::nan(""), .tags = {{"class", "b"}}, .note = "no sample of this class"});
  metrics.curves.push_back({"cdf", {{"source", "real"}}, "bytes", "", {0, 1}, {0.5, 1}});
  metrics.matrices.push_back({"confusion", {}, {"a"}, {"a"}, {3}});
  metrics.save(file("m.json"));
  const auto loaded = Metrics::load(file("m.json"));
  const auto* found = loaded->find("jsd", {{"class", "a"}});
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->value, 0.1 + 0.2);
  EXPECT_EQ(found->better, Better::kLower);
  EXPECT_EQ(*found->floor, 0.01);
  EXPECT_TRUE(found->headline);
  EXPECT_TRUE(std::isnan(loaded->find("jsd", {{"class", "b"}})->value));
  EXPECT_EQ(loaded->find("jsd", {{"class", "c"}}), nullptr);
  EXPECT_EQ(loaded->curves[0].y[1], 1.0);
  EXPECT_EQ(loaded->matrices[0].values[0], 3.0);
}

}  // namespace
}  // namespace morgana
