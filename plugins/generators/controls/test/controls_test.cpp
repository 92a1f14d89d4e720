// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "gramian/gramian_codec.hpp"
#include "gramian/test/sample_traces.hpp"
#include "markov_chain.hpp"
#include "morgana/images.hpp"
#include "morgana/model.hpp"
#include "morgana/testing.hpp"

namespace morgana::controls {
namespace {

using testing::StageRunner;

using Packet = std::vector<float>;
using Trace = std::pair<std::int32_t, std::vector<Packet>>;

std::shared_ptr<const Images> training_images(std::shared_ptr<const Traces> traces, std::size_t packets,
                                              const std::vector<std::string>& channels = {"PL*DIR", "IAT"}) {
  gramian::CodecState state{.packets = packets, .size = packets};
  for (const auto& text : channels) state.channels.push_back({.expression = gramian::Expression(text)});
  register_codec(codec<gramian::GramianCodec>("gasf"));
  return std::make_shared<const Images>(traces, gramian::GramianCodec::fitted(state, *traces, 0));
}

// Trains and samples one control; the model goes through a file, as in a run.
std::shared_ptr<const Images> sampled(const std::string& control, const std::shared_ptr<const Images>& images,
                                      int per_class, std::uint64_t seed = 7,
                                      const std::map<std::string, ParameterValue>& parameters = {}) {
  StageRunner train(morgana_plugin(), "train." + control);
  train.input("images", images).run();
  const auto file = train.context.root() / "model.safetensors";
  train.output<Model>("model")->save(file);
  StageRunner sample(morgana_plugin(), "sample." + control);
  for (const auto& [name, value] : parameters) sample.set(name, value);
  sample.seed(seed).set("per_class", per_class).input("model", Model::load(file)).run();
  return sample.output<Images>("images");
}

std::vector<Trace> list_of(const Traces& traces, const std::vector<std::string>& channels, std::size_t longest) {
  std::vector<Trace> result;
  for (std::size_t row = 0; row < traces.size(); ++row) {
    Trace trace{traces.label(row), {}};
    for (std::size_t k = 0; k < std::min(longest, traces.packets(row)); ++k) {
      Packet packet;
      for (const auto& name : channels) packet.push_back(traces[row].channel(name)[k]);
      trace.second.push_back(packet);
    }
    result.push_back(std::move(trace));
  }
  return result;
}

const std::vector<std::string> kAll{"PL", "IAT", "DIR", "WIN"};

TEST(EveryControl, HasAGeneratorsPortsAndDefaults) {
  const auto traces = testing::sample_traces(30, 12, 1, 3);
  const auto images = training_images(traces, 10);
  for (const std::string control : {"copy", "resample", "markov"}) {
    const auto all = sampled(control, images, 0);
    EXPECT_EQ(all->size(), 30u) << control;
    EXPECT_EQ(all->class_names(), traces->class_names());
    EXPECT_EQ(all->shape(), images->shape());
    ASSERT_TRUE(all->traces());
    EXPECT_LE(all->traces()->longest(), 10u);
    EXPECT_EQ(all->codec()->configuration(), images->codec()->configuration());
    const auto some = sampled(control, images, 4);
    EXPECT_EQ(some->labels(), (std::vector<std::int32_t>{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}));
    std::vector<std::size_t> rows(some->size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
    std::vector<float> pixels(rows.size() * some->shape().pixels());
    some->batch(rows, pixels);
  }
}

TEST(EveryControl, IsAFunctionOfItsSeed) {
  const auto images = training_images(testing::sample_traces(40, 12, 1), 12);
  for (const std::string control : {"copy", "resample", "markov"}) {
    const std::vector<std::string> channels{"PL", "DIR", "IAT"};
    const auto first = list_of(*sampled(control, images, 15, 1)->traces(), channels, 12);
    EXPECT_EQ(list_of(*sampled(control, images, 15, 1)->traces(), channels, 12), first) << control;
    EXPECT_NE(list_of(*sampled(control, images, 15, 2)->traces(), channels, 12), first) << control;
    // Asking for more changes nothing in what was there.
    const auto more = list_of(*sampled(control, images, 20, 1)->traces(), channels, 12);
    EXPECT_TRUE(std::equal(first.begin(), first.begin() + 15, more.begin())) << control;
    EXPECT_TRUE(std::equal(first.begin() + 15, first.end(), more.begin() + 20)) << control;
  }
}

TEST(EveryControl, RefusesGeneratedImagesAndForeignModels) {
  const auto real = training_images(testing::sample_traces(4, 5, 1), 5);
  const auto generated =
      std::make_shared<const Images>(std::vector<float>(real->shape().pixels()), NameColumn{{"a"}, {0}}, real->codec());
  for (const std::string control : {"copy", "resample", "markov"}) {
    StageRunner train(morgana_plugin(), "train." + control);
    EXPECT_THROW(train.input("images", generated).run(), Error);
    StageRunner sample(morgana_plugin(), "sample." + control);
    auto model = std::make_shared<Model>();
    model->kind = "ddpm";
    EXPECT_THROW(sample.input("model", model).run(), Error);
  }
}

TEST(Copy, GivesEveryTrainingTraceOnceBeforeAnyTwice) {
  const auto traces = testing::sample_traces(21, 12, 2);
  const auto images = training_images(traces, 10);
  auto expected = list_of(*traces, kAll, 10), found = list_of(*sampled("copy", images, 0)->traces(), kAll, 10);
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, expected);
  // 11 traces of class 0, 10 of class 1: 25 of each are two whole rounds and a part.
  std::map<Trace, int> times;
  for (const auto& trace : list_of(*sampled("copy", images, 25)->traces(), kAll, 10)) ++times[trace];
  for (const auto& trace : expected) EXPECT_TRUE(times[trace] == 2 || times[trace] == 3);
}

TEST(Copy, LeavesOutAClassWithoutTraces) {
  auto table = testing::sample_traces(6, 5, 3, 3)->table();
  for (auto& label : table.label.id) label = label == 1 ? -1 : label;
  const auto images = training_images(std::make_shared<const Traces>(table), 5);
  const auto some = sampled("copy", images, 2);
  EXPECT_EQ(some->labels(), (std::vector<std::int32_t>{0, 0, 2, 2}));
}

TEST(Resample, WithOneParentAndNoJitterIsATrainingTrace) {
  const auto traces = testing::sample_traces(10, 12, 4);
  const auto images = training_images(traces, 12);
  const auto same = sampled("resample", images, 20, 7,
                            {{"parents", std::int64_t{1}}, {"time_jitter", 0.0}, {"payload_jitter", std::int64_t{0}}});
  const auto real = list_of(*traces, kAll, 12);
  for (const auto& trace : list_of(*same->traces(), kAll, 12))
    EXPECT_NE(std::find(real.begin(), real.end(), trace), real.end());
}

TEST(Resample, TakesEachPacketWholeFromTheSamePositionOfItsClass) {
  const auto traces = testing::sample_traces(30, 12, 5);
  const auto mixed = sampled("resample", training_images(traces, 12), 20, 7,
                             {{"parents", std::int64_t{3}}, {"time_jitter", 0.0}, {"payload_jitter", std::int64_t{0}}});
  std::set<std::pair<std::pair<std::int32_t, std::size_t>, Packet>> real;
  for (const auto& [label, packets] : list_of(*traces, kAll, 12))
    for (std::size_t k = 0; k < packets.size(); ++k) real.insert({{label, k}, packets[k]});
  for (const auto& [label, packets] : list_of(*mixed->traces(), kAll, 12))
    for (std::size_t k = 0; k < packets.size(); ++k) EXPECT_TRUE(real.contains({{label, k}, packets[k]}));
}

TEST(Resample, JitterIsBounded) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {0, 1, 100, 1448}}, {"IAT", "s", {0, 1, 1, 1}}, {"DIR", "", {1, 1, 1, 1}}};
  table.offsets = {0, 4};
  table.label = {{"a"}, {0}};
  const auto made = sampled("resample", training_images(std::make_shared<const Traces>(table), 4), 500, 7,
                            {{"time_jitter", 0.1}, {"payload_jitter", std::int64_t{3}}});
  std::set<float> third;
  double log_sum = 0, log_squares = 0;
  for (std::size_t row = 0; row < 500; ++row) {
    const auto trace = (*made->traces())[row];
    const auto payload = trace.channel("PL");
    EXPECT_EQ(payload[0], 0.0f);
    EXPECT_GE(payload[1], 1.0f);
    EXPECT_LE(payload[3], 1448.0f);
    third.insert(payload[2]);
    EXPECT_EQ(trace.channel("IAT")[0], 0.0f);
    const double shift = std::log(trace.channel("IAT")[2]);
    log_sum += shift, log_squares += shift * shift;
  }
  EXPECT_EQ(third, (std::set<float>{97, 98, 99, 100, 101, 102, 103}));
  EXPECT_NEAR(log_sum / 500, 0.0, 0.02);
  EXPECT_NEAR(std::sqrt(log_squares / 500), 0.1, 0.01);
}

TEST(Markov, RefusesChannelsItDoesNotKnow) {
  const auto images = training_images(testing::sample_traces(5, 12, 1), 10, {"PL*DIR", "WIN"});
  try {
    sampled("markov", images, 1);
    FAIL() << "images without WIN would have been drawn";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "train.markov knows PL, DIR and IAT; the images hold WIN as well");
  }
}

TEST(Markov, TimesStayInTheirBin) {
  EXPECT_EQ(time_bin(0), 0);
  EXPECT_EQ(time_in_bin(0, 0.5f), 0.0f);
  for (float seconds = 2e-7f; seconds < 1000; seconds *= 1.37f)
    for (const float share : {0.01f, 0.5f, 0.99f})
      EXPECT_EQ(time_bin(time_in_bin(time_bin(seconds), share)), time_bin(seconds));
}

TEST(Markov, TakesOnlyStepsSeenInItsClass) {
  const auto traces = testing::sample_traces(40, 6, 6);
  const auto made = sampled("markov", training_images(traces, 6), 200);
  const std::vector<std::string> state{"PL", "DIR"};
  std::set<std::pair<std::int32_t, std::pair<Packet, Packet>>> seen;
  std::set<std::pair<std::int32_t, Packet>> starts;
  for (const auto& [label, packets] : list_of(*traces, state, 6)) {
    starts.insert({label, packets[0]});
    for (std::size_t k = 1; k < packets.size(); ++k) seen.insert({label, {packets[k - 1], packets[k]}});
  }
  for (const auto& [label, packets] : list_of(*made->traces(), state, 6)) {
    ASSERT_FALSE(packets.empty());
    EXPECT_TRUE(starts.contains({label, packets[0]}));
    for (std::size_t k = 1; k < packets.size(); ++k) EXPECT_TRUE(seen.contains({label, {packets[k - 1], packets[k]}}));
  }
}

// Start 1; 1 -> 2 in three of four, -> end in one; 2 -> end. A cut trace does not count as ended.
TEST(Markov, StepsHaveTheFrequenciesOfTraining) {
  TraceTable table;
  table.channels = {
      {"PL", "bytes", {1, 2, 1, 2, 1, 2, 1}}, {"IAT", "s", {0, 1, 0, 1, 0, 1, 0}}, {"DIR", "", {1, 1, 1, 1, 1, 1, 1}}};
  table.offsets = {0, 2, 4, 6, 7};
  table.label = {{"a"}, {0, 0, 0, 0}};
  const auto traces = std::make_shared<const Traces>(table);
  const auto lengths = [&](std::size_t packets) {
    const auto made = sampled("markov", training_images(traces, packets), 2000);
    std::map<std::size_t, int> counts;
    for (std::size_t row = 0; row < made->size(); ++row) ++counts[made->traces()->packets(row)];
    return counts;
  };
  auto counts = lengths(5);
  EXPECT_EQ(counts.size(), 2u);
  EXPECT_NEAR(counts[1], 500, 60);
  EXPECT_NEAR(counts[2], 1500, 60);
}

}  // namespace
}  // namespace morgana::controls
