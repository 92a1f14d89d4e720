// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "biflow.hpp"
#include "file_name.hpp"
#include "json_cursor.hpp"
#include "stage_fixture.hpp"

namespace morgana::mirage {
namespace {

using samples::file_of;
using samples::SampleFlow;

using Mirage2019 = StageFixture;

TEST_F(Mirage2019, ReadsOneBiflow) {
  stage(capture({SampleFlow{}})).set("channels", std::vector<std::string>{"PL", "IAT", "DIR", "WIN"});
  const auto traces = result();
  ASSERT_EQ(traces->size(), 1u);
  EXPECT_EQ(values(*traces, "PL"), (std::vector<float>{0, 120, 1400}));
  EXPECT_EQ(values(*traces, "IAT"), (std::vector<float>{0, 0.25f, 1.5e-05f}));
  EXPECT_EQ(values(*traces, "DIR"), (std::vector<float>{-1, 1, -1}));
  EXPECT_EQ(values(*traces, "WIN"), (std::vector<float>{65535, 343, 1024}));
  const auto& table = traces->table();
  EXPECT_EQ(table.channels[1].unit, "s");
  EXPECT_EQ((*traces)[0].label(), "com.example.app");
  EXPECT_EQ(table.capture.names, std::vector<std::string>{"1539866692_com.example.app"});
  EXPECT_TRUE(table.device.names.empty());
  EXPECT_EQ(table.label_source, std::vector<LabelSource>{LabelSource::kExact});
  EXPECT_EQ(table.keys, std::vector<std::string>{"192.168.20.105,40001,203.0.113.7,443,6"});
  ASSERT_EQ(table.columns.size(), 12u);
  EXPECT_EQ(table.columns[0].values, std::vector<double>{40});
  EXPECT_EQ(table.columns[3].values, std::vector<double>{2.5});
  EXPECT_EQ(table.columns[3].unit, "s");
  EXPECT_EQ(table.columns[7].name, "UF_duration");
  EXPECT_EQ(table.columns[7].values, std::vector<double>{0});
  EXPECT_TRUE(std::isnan(table.columns[11].values[0]));
  EXPECT_EQ(table.counts.at("biflows"), 1);
  EXPECT_EQ(table.counts.at("kept"), 1);
}

TEST_F(Mirage2019, KeepsTheFirstPackets) {
  const auto path = capture({SampleFlow{}});
  EXPECT_EQ(values(*(stage(path).set("packets", 2), result()), "PL"), (std::vector<float>{0, 120}));
  EXPECT_EQ(values(*(stage(path).set("packets", 0), result()), "PL"), (std::vector<float>{0, 120, 1400}));
  stage(path).set("packets", 2).set("minimum_packets", 3);
  EXPECT_EQ(error(*stage_), "minimum_packets 3 is more than packets 2");
  stage(path).set("minimum_packets", 4);
  EXPECT_NE(error(*stage_).find("too few packets (1)"), std::string::npos);
}

TEST_F(Mirage2019, TimeSpansDroppedPackets) {
  SampleFlow flow;
  flow.direction = "[0, 1, 0, 0, 1, 1]";
  flow.payload = "[0, 0, 100, 0, 0, 200]";
  flow.iat = "[0, 0.5, 0.25, 1, 2, 4]";
  flow.window = "[1, 2, 3, 4, 5, 6]";
  stage(capture({flow})).set("zero_payload", "drop").set("channels", std::vector<std::string>{"IAT", "DIR", "PL"});
  const auto traces = result();
  EXPECT_EQ(values(*traces, "PL"), (std::vector<float>{100, 200}));
  EXPECT_EQ(values(*traces, "IAT"), (std::vector<float>{0, 7}));
  EXPECT_EQ(values(*traces, "DIR"), (std::vector<float>{-1, 1}));
  stage(capture({flow})).set("zero_payload", "drop").set("packets", 1).set("channels", std::vector<std::string>{"DIR"});
  EXPECT_EQ(values(*result(), "DIR"), std::vector<float>{-1});
}

TEST_F(Mirage2019, CountsTimeFromTheFirstPacketKept) {
  SampleFlow flow;
  flow.direction = "[0, 1, 0, 0]";
  flow.payload = "[0, 5, 0, 7]";
  flow.iat = "[0, 0.5, 0.25, 1]";
  flow.window = "[1, 2, 3, 4]";
  stage(capture({flow})).set("channels", std::vector<std::string>{"TIME", "IAT"});
  EXPECT_EQ(values(*result(), "TIME"), (std::vector<float>{0, 0.5f, 0.75f, 1.75f}));
  stage(capture({flow})).set("channels", std::vector<std::string>{"TIME"}).set("zero_payload", "drop");
  EXPECT_EQ(values(*result(), "TIME"), (std::vector<float>{0, 1.25f}));
}

TEST_F(Mirage2019, KnowsWhatTheReleaseLacks) {
  const auto path = capture({SampleFlow{}});
  for (const auto& [parameter, value, message] : std::vector<std::tuple<const char*, ParameterValue, const char*>>{
           {"channels", std::vector<std::string>{"PL", "FLAGS"}, "PL, IAT, DIR, WIN, TIME"},
           {"label", "activity", "app"},
           {"label", "category", "app"}}) {
    try {
      stage(path).set(parameter, value);
      FAIL() << parameter;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
    }
  }
}

TEST_F(Mirage2019, AcceptsEveryOddityOfTheFormat) {
  SampleFlow odd;
  odd.key = "192.168.20.105\\u002c40001,203.0.113.7,443,6";
  odd.raw = "[[], [91, 93], [\"]\", 1]]";
  odd.label = "\"com.ex\\u0061mple.app\"";
  odd.labeling = "null";
  auto text = file_of({odd});
  text.replace(text.find("packet_data"), 11, "packet\\u005fdata");
  text.replace(text.find("40, "), 4, "NaN,");
  const auto traces = read(file(std::string("1_com.example.app") + kSuffix, "\n" + text + "\n"));
  ASSERT_EQ(traces->size(), 1u);
  EXPECT_EQ(traces->table().keys[0], "192.168.20.105,40001,203.0.113.7,443,6");
  EXPECT_EQ(traces->table().label_source[0], LabelSource::kUnknown);
  EXPECT_TRUE(std::isnan(traces->table().columns[0].values[0]));
}

TEST_F(Mirage2019, CountsAndNamesDamagedBiflowsAndGoesOn) {
  std::vector<SampleFlow> flows(10);
  flows[0].iat = "[0, NaN, 1]";
  flows[1].iat = "[0, 0.5]";
  flows[2].payload = "[0, -1, 5]";
  flows[3].direction = "[0, 2, 1]";
  flows[4].payload = "[0, 12x, 5]";
  flows[5].direction = "\"none\"";
  flows[6].iat = flows[6].payload = flows[6].direction = flows[6].window = "[]";
  flows[7].label = "\"\xff\"";
  flows[8].iat = "[0, 1e300, 1]";  // a double, but no float
  auto text = file_of(flows);
  text.pop_back();
  text +=
      ", \"k\": 5, \"l\": {\"packet_data\": {}}, \"m\": {}, \"n\": {\"packet_data\": []}, \"o\": {\"packet_data\": "
      "{\"iat\": [0]}} }";
  const auto traces = read(file(std::string("5_com.example.app") + kSuffix, text));
  EXPECT_EQ(traces->size(), 1u);
  const auto& counts = traces->table().counts;
  EXPECT_EQ(counts.at("biflows"), 15);
  EXPECT_EQ(counts.at("skipped: damaged iat"), 3);
  EXPECT_EQ(counts.at("skipped: damaged L4_payload_bytes"), 2);
  EXPECT_EQ(counts.at("skipped: damaged packet_dir"), 5);
  EXPECT_EQ(counts.at("skipped: damaged biflow"), 1);
  EXPECT_EQ(counts.at("skipped: damaged packet_data"), 1);
  EXPECT_EQ(counts.at("skipped: damaged BF_label"), 1);
  EXPECT_EQ(counts.at("skipped: too few packets"), 1);
  const auto& notes = traces->table().notes;
  EXPECT_EQ(
      notes.at("skipped: damaged iat"),
      std::string("5_com.example.app") + kSuffix +
          " biflow 192.168.20.105,40001,203.0.113.7,443,6: iat: not a finite number; 5_com.example.app" + kSuffix +
          " biflow 192.168.20.105,40001,203.0.113.7,443,6: iat: not a finite number; 5_com.example.app" + kSuffix +
          " biflow 192.168.20.105,40001,203.0.113.7,443,6: iat: unequal lengths: packet_dir has 3, iat has 2");
  EXPECT_NE(notes.at("skipped: damaged packet_dir").find("; ..."), std::string::npos);
  EXPECT_FALSE(stage_->context.messages.empty());
}

TEST_F(Mirage2019, PassesByWhatIsWrittenAboutTraffic) {
  const auto data = capture({samples::SampleFlow{}}).parent_path();
  file("data/traffic.pcapng.json",
       "{\n \"morgana\": \"generated/1\",\n \"file\": \"traffic.pcapng\", \"model\": {\"a\": [1, {}]}}");
  const auto traces = read(data);
  EXPECT_EQ(traces->size(), 1u);
  EXPECT_EQ(traces->table().counts.at("skipped: file about traffic, written by morgana"), 1);
  EXPECT_FALSE(traces->table().counts.contains("skipped: damaged biflow"));
}

TEST_F(Mirage2019, TurnsAFlippedKey) {
  SampleFlow flow;
  flow.key = "203.0.113.7,443,192.168.20.105,40001,6";
  const auto traces = read(capture({flow}));
  EXPECT_EQ(traces->table().keys[0], "192.168.20.105,40001,203.0.113.7,443,6");
  EXPECT_EQ(values(*traces, "DIR"), (std::vector<float>{1, -1, 1}));
  EXPECT_EQ(traces->table().counts.at("flipped key"), 1);
}

TEST_F(Mirage2019, SeparatesBackground) {
  SampleFlow own, other, none;
  own.label = "\"COM.example.app\"";
  other.label = "\"com.other\"";
  other.labeling = "\"most-common\"";
  none.label = "null";
  const auto path = capture({own, other, none});
  stage(path);
  EXPECT_EQ(labels(), std::vector<std::string>{"COM.example.app"});
  stage(path).set("background", "keep");
  EXPECT_EQ(labels(), (std::vector<std::string>{"COM.example.app", "com.other"}));
  stage(path).set("background", "label").set("app_from", "file");
  EXPECT_EQ(labels(), (std::vector<std::string>{"com.example.app", "background", "background"}));
  stage(path).set("background", "keep").set("exact_only", ParameterValue(true));
  EXPECT_EQ(labels(), std::vector<std::string>{"COM.example.app"});
  const auto traces = stage_->output<Traces>("traces");
  EXPECT_EQ(traces->table().counts.at("skipped: label not exact"), 1);
  EXPECT_EQ(traces->table().counts.at("skipped: no label"), 1);
}

TEST_F(Mirage2019, SaysWhatIsWrongWithThePath) {
  const auto root = context_.root();
  std::filesystem::create_directories(root / "empty");
  EXPECT_EQ(error(stage(root / "absent")), "there is no file or folder " + (root / "absent").string());
  EXPECT_EQ(error(stage(root / "empty")), "no .json file in " + (root / "empty").string() + " or its folders");
  EXPECT_EQ(error(stage(file("some/list.json", "[]"))),
            "list.json: byte 0: not a JSON object of biflows: it starts with \"[\"");
  try {
    stage(file("some/table.parquet", "PAR1 and so on PAR1")).run();
    FAIL() << "a parquet file was read as JSON";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "table.parquet is a parquet file, not a JSON object of biflows");
    EXPECT_EQ(error.hint(),
              "read it with read.parquet, or a teaching file of MIRAGE with read.mirage-video or read.mirage-appxact");
  }
  const auto whole = file_of({SampleFlow{}});
  EXPECT_EQ(
      error(stage(file("some/half.json", whole.substr(0, 300)))),
      "half.json: byte 300: the file ends inside biflow \"192.168.20.105,40001,203.0.113.7,443,6\"; it is truncated");
  samples::write_archive(root / "no.tar.gz", samples::Packing::kTarGzip, {{"a/readme.txt", "text"}});
  EXPECT_EQ(error(stage(root / "no.tar.gz")), "no .json file in " + (root / "no.tar.gz").string());
  samples::write_archive(root / "cut.zip", samples::Packing::kZip, {{"a.json", whole}});
  std::filesystem::resize_file(root / "cut.zip", 200);
  EXPECT_EQ(error(stage(root / "cut.zip")).find("cannot read " + (root / "cut.zip").string()), 0u)
      << error(stage(root / "cut.zip"));
  EXPECT_EQ(error(stage(capture({SampleFlow{}})).set("channels", std::vector<std::string>{"PL", "PL"})),
            "channel \"PL\" is asked for twice");
}

TEST_F(Mirage2019, SameBiflowsForEveryWindow) {
  std::vector<SampleFlow> flows(6);
  flows[1].iat = "[0, 1, \"]\"]";
  flows[2].raw = "[[\"}\\\"\"], [], []]";
  flows[3].payload = "[0, 1]";
  flows[4].label = "\"\\u0061\"";
  const auto text = file_of(flows);
  const auto account = [&](std::size_t window) {
    samples::TextSource source(text, window % 5 == 0 ? 3 : 10000);
    BiflowStream stream(source, "file", window);
    Wanted wanted;
    for (const auto list : {kDirection, kPayload, kInterArrival, kWindow}) wanted.lists[list] = true;
    Biflow biflow;
    std::string account;
    while (stream.next()) {
      try {
        read_biflow(stream, wanted, biflow);
        account += biflow.label + ' ' + std::to_string(biflow.lists[kInterArrival].size()) + ';';
      } catch (const Damage& damage) {
        account += damage.field + ": " + damage.reason + ';';
      }
    }
    return account;
  };
  const auto expected = account(1 << 20);
  EXPECT_EQ(
      expected,
      "com.example.app 3;iat: expected a number;com.example.app 3;L4_payload_bytes: unequal lengths: packet_dir has 3, "
      "L4_payload_bytes has 2;a 3;com.example.app 3;");
  for (std::size_t window = 1; window < text.size() + 10; window += 1 + window / 16)
    ASSERT_EQ(account(window), expected) << window;
}

TEST_F(Mirage2019, StopsOnRequest) {
  stage(capture({SampleFlow{}}));
  stage_->context.stop = true;
  EXPECT_THROW(stage_->run(), Stopped);
}

TEST(FileName, SplitsEveryKnownForm) {
  const auto first = read_file_name(std::string("x/Mi5_38_a4_ed_18_cc_bf/1539866692_com.iconology.comics") + kSuffix);
  EXPECT_EQ(first.capture, "Mi5_38_a4_ed_18_cc_bf/1539866692_com.iconology.comics");
  EXPECT_EQ(first.package, "com.iconology.comics");
  EXPECT_EQ(first.folder, "Mi5_38_a4_ed_18_cc_bf");
  EXPECT_EQ(first.address, "");
  for (const char* mac : {"1e:65:95:7e:34:0b", "1e_65_95_7e_34_0b"}) {
    const auto second =
        read_file_name(std::string("Twitch/1670836390_") + mac +
                       "_tv.twitch.android.app_mirage2020dataset_labeled_biflows_all_packets_encryption_metadata.json");
    EXPECT_EQ(second.package, "tv.twitch.android.app");
    EXPECT_EQ(second.address, "1e:65:95:7e:34:0b");
    EXPECT_EQ(second.folder, "Twitch");
  }
  EXPECT_EQ(read_file_name(std::string("12_None") + kSuffix).package, "");
  EXPECT_EQ(read_file_name("12_org.some_app.json").package, "org.some_app");
  EXPECT_EQ(read_file_name("traffic.json.gz").package, "");
  EXPECT_EQ(read_file_name("traffic.json.gz").capture, "traffic");
}

TEST(FlowKey, KnowsWhichEndIsThePhone) {
  EXPECT_TRUE(is_flipped("8.8.8.8,53,10.0.0.1,4000,17"));
  EXPECT_TRUE(is_flipped("2001:db8::1,53,fd00::1,4000,17"));
  EXPECT_TRUE(is_flipped("::ffff:8.8.8.8,53,::ffff:10.0.0.1,4000,17")) << "mapped ones count as IPv4";
  EXPECT_FALSE(is_flipped("10.0.0.1,4000,8.8.8.8,53,17"));
  EXPECT_FALSE(is_flipped("::ffff:10.0.0.1,4000,::ffff:8.8.8.8,53,17"));
  EXPECT_FALSE(is_flipped("10.0.0.1,4000,172.16.0.1,53,17"));
  EXPECT_FALSE(is_flipped("8.8.8.8,53,1.1.1.1,4000,17"));
  EXPECT_FALSE(is_flipped("8.8.8.8,53"));
  EXPECT_FALSE(is_flipped(""));
  EXPECT_EQ(flipped("8.8.8.8,53,10.0.0.1,4000,17"), "10.0.0.1,4000,8.8.8.8,53,17");
}

}  // namespace
}  // namespace morgana::mirage
