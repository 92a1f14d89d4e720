// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <morgana/channels.hpp>
#include <morgana/metrics.hpp>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "files/test/text_source.hpp"
#include "test_environment.hpp"

namespace morgana {
namespace {

using testing::StageRunner;
using testing::TestContext;

/// Traces as a generator leaves them, or a reader: every value is one of single precision.
std::shared_ptr<const Traces> random_traces(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t end) { return random() % end; };
  TraceTable table;
  for (const auto* name : {"PL", "IAT", "DIR", "WIN"}) table.channels.push_back(standard_channel(name));
  table.label.names = {"com.example.a", "com.example.b"};
  table.capture.names = {"1539866692_com.example.a", "1540373141_com.example.b"};
  table.device.names = {"Nexus7_bc_ee_7b_a4_09_47"};
  for (std::size_t row = 0; row < count; ++row) {
    const auto packets = below(32) + 1;
    for (std::size_t i = 0; i < packets; ++i) {
      table.channels[0].values.push_back(static_cast<float>(below(3) == 0 ? 0 : below(1461)));
      table.channels[1].values.push_back(i == 0 ? 0 : std::lognormal_distribution<float>(-5, 4)(random));
      table.channels[2].values.push_back(below(2) == 0 ? -1.0f : 1.0f);
      table.channels[3].values.push_back(static_cast<float>(below(65536)));
    }
    table.offsets.push_back(table.offsets.back() + packets);
    const auto app = static_cast<std::int32_t>(below(2));
    table.label.id.push_back(app);
    table.capture.id.push_back(app);
    table.device.id.push_back(0);
    table.label_source.push_back(below(2) == 0 ? LabelSource::kExact : LabelSource::kMostCommon);
    table.keys.push_back(below(4) == 0 ? "" : fmt::format("10.0.0.1,{},10.0.0.2,443,6", row + 1));
  }
  return std::make_shared<const Traces>(std::move(table));
}

/// All files below a folder, by their place in it.
std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[entry.path().lexically_relative(folder)] = testing::content_of(entry.path());
  return files;
}

class WriteMirage : public ::testing::Test {
 protected:
  std::filesystem::path write(std::shared_ptr<const Traces> traces, const std::string& name, const char* release) {
    StageRunner stage(morgana_plugin(), "write.mirage");
    const auto path = context_.root() / name;
    stage.set("path", path.string()).set("release", release).input("traces", std::move(traces)).run(context_);
    account_ = stage.output<Metrics>("accounting");
    return path;
  }
  double values(const std::string& field, const std::string& source) const {
    const auto* metric = account_->find("values", {{"field", field}, {"source", source}});
    return metric == nullptr ? 0 : metric->value;
  }
  TestContext context_;
  std::shared_ptr<const Metrics> account_;
};

TEST_F(WriteMirage, GivesAFileACapture) {
  const auto traces = random_traces(20, 1);
  const auto files = contents(write(traces, "2019", "2019"));
  const std::string suffix = "_MIRAGE-2019_traffic_dataset_labeled_biflows.json", folder = "Nexus7_bc_ee_7b_a4_09_47/";
  ASSERT_EQ(files.size(), 3u);
  EXPECT_TRUE(files.contains(folder + "1539866692_com.example.a" + suffix));
  EXPECT_TRUE(files.contains(folder + "1540373141_com.example.b" + suffix));
  EXPECT_NE(files.at("accounting.jsonl").find("{\"field\": \"packet_data.iat\", \"source\": \"generated\""),
            std::string::npos);
  EXPECT_EQ(values("packet_data.L4_payload_bytes", "generated"), static_cast<double>(traces->packets()));
  EXPECT_EQ(values("packet_data.L4_raw_payload", "filled in"), static_cast<double>(traces->packets()));
  EXPECT_EQ(values("key", "generated") + values("key", "filled in"), 20);
}

TEST_F(WriteMirage, GivesOneFileWhereThePathEndsSo) {
  const auto file = write(random_traces(20, 1), "folder/all.json", "ccma");
  EXPECT_EQ(contents(context_.root() / "folder").size(), 1u);
  const auto text = testing::content_of(file);
  EXPECT_EQ(text.substr(0, 2), "{\"");
  EXPECT_EQ(text.back(), '}');
}

TEST_F(WriteMirage, GivesEqualBytesForEqualTraces) {
  for (const auto* release : {"2019", "video", "ccma", "appxact"})
    EXPECT_EQ(contents(write(random_traces(50, 3), std::string("a") + release, release)),
              contents(write(random_traces(50, 3), std::string("b") + release, release)));
  EXPECT_NE(contents(write(random_traces(50, 3), "c", "2019")), contents(write(random_traces(50, 4), "d", "2019")));
}

TEST_F(WriteMirage, SaysWhatItMended) {
  auto table = random_traces(1, 5)->table();
  table.channels[0].values[0] = -2;
  write(std::make_shared<const Traces>(std::move(table)), "changed", "2019");
  EXPECT_EQ(account_->find("changed", {{"what", "PL: rounded to a whole number from 0 to 65535"}})->value, 1);
  EXPECT_EQ(context_.messages.front(), "1 x PL: rounded to a whole number from 0 to 65535");
}

TEST_F(WriteMirage, WritesTracesWithoutAny) {
  TraceTable table;
  for (const auto* name : {"PL", "DIR"}) table.channels.push_back(standard_channel(name));
  const auto none = std::make_shared<const Traces>(std::move(table));
  EXPECT_EQ(testing::content_of(write(none, "none.json", "2019")), "{}");
  EXPECT_EQ(contents(write(none, "none", "2019")).size(), 1u);  // the account alone
}

TEST_F(WriteMirage, NamesTheFactAndTheRemedy) {
  std::ofstream(context_.root() / "file") << "x";
  try {
    write(random_traces(1, 1), "file", "2019");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "cannot make the folder " + (context_.root() / "file").string() + ": Not a directory");
  }
}

TEST_F(WriteMirage, StopsOnRequest) {
  context_.stop = true;
  EXPECT_THROW(write(random_traces(5, 1), "stopped", "2019"), Stopped);
  EXPECT_TRUE(contents(context_.root() / "stopped").empty());
}

/// Reading back: the numbers of the files, as single precision, are those of the traces.
class ReadBack : public WriteMirage {
 protected:
  /// Compares with what a reader found: key -> lists, label, how it was labelled.
  static void expect_equal(const Traces& traces, const nlohmann::json& read) {
    ASSERT_EQ(read.size(), traces.size());
    std::size_t row = 0;  // files and biflows are in the order of the traces of one capture
    for (const auto& biflow : read) {
      for (std::size_t channel = 0; channel < 4; ++channel) {
        const auto values = traces.channel(channel, row);
        const auto& list = biflow.at(channel);
        ASSERT_EQ(list.size(), values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
          const auto value = static_cast<float>(list[i].get<double>());
          ASSERT_EQ(channel == 2 ? 2 * value - 1 : value, values[i]) << row << ' ' << channel << ' ' << i;
        }
      }
      EXPECT_EQ(biflow.at(4), traces[row].label());
      EXPECT_EQ(biflow.at(5), traces.table().label_source[row] == LabelSource::kExact ? "exact" : "most-common");
      ++row;
    }
  }
};

TEST_F(ReadBack, ByPythonsJsonGivesEqualValues) {
  const auto interpreter = testing::oracle_python();
  if (!std::filesystem::exists(interpreter)) GTEST_SKIP() << "no " << interpreter << "; run scripts/setup";
  const auto traces = random_traces(200, 9);
  for (const auto* release : {"2019", "video", "ccma", "appxact"}) {
    const auto file = write(traces, "all.json", release);
    const auto script = context_.root() / "read.py";
    std::ofstream(script) << R"(
import json, sys
text = open(sys.argv[1]).read()
biflows = json.loads(text)
assert json.dumps(biflows) == text
lists = ("L4_payload_bytes", "iat", "packet_dir", "TCP_win_size")
json.dump([[b["packet_data"][name] for name in lists] + [b["flow_metadata"]["BF_label"], b["flow_metadata"]["BF_labeling_type"]]
           for b in biflows.values()], open(sys.argv[2], "w"))
)";
    const auto read = context_.root() / "read.json";
    ASSERT_EQ(
        std::system((interpreter.string() + " " + script.string() + " " + file.string() + " " + read.string()).c_str()),
        0);
    expect_equal(*traces, nlohmann::json::parse(testing::content_of(read)));
  }
}

}  // namespace
}  // namespace morgana
