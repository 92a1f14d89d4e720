// SPDX-License-Identifier: Apache-2.0
#include "run/recorded_run.hpp"

#include <limits>

#include "run/json_text.hpp"
#include "run/products.hpp"
#include "run/run_folder.hpp"
#include "run/wording.hpp"
#include "run_pipeline.hpp"

namespace morgana::host::testing {
namespace {

TEST(JsonText, ReadsBackAsWritten) {
  for (const auto layout : {JsonText::Layout::kOneLine, JsonText::Layout::kIndented}) {
    JsonText json(layout);
    json.begin_object()
        .member("text", "a \"quoted\"\nline \x01 \xff")
        .member("whole", std::int64_t{-3})
        .member("real", 2.0);
    json.member("none", std::numeric_limits<double>::quiet_NaN()).member("yes", true).begin_array("empty").end_array();
    json.member("list", std::vector<double>{0.1, 1e300}).begin_object("inner").end_object().end_object();
    const auto read = nlohmann::json::parse(json.text());
    EXPECT_EQ(read["text"], "a \"quoted\"\nline \x01 \xEF\xBF\xBD");
    EXPECT_EQ(read["whole"], -3);
    EXPECT_TRUE(read["real"].is_number_float());
    EXPECT_TRUE(read["none"].is_null());
    EXPECT_EQ(read["yes"], true);
    EXPECT_EQ(read["empty"], nlohmann::json::array());
    EXPECT_EQ(read["list"], (nlohmann::json{0.1, 1e300}));
    EXPECT_EQ(read["inner"], nlohmann::json::object());
  }
}

TEST(Wording, TimesAndSizes) {
  EXPECT_EQ(duration_text(0.04), "0.0 s");
  EXPECT_EQ(duration_text(9.96), "10 s");
  EXPECT_EQ(duration_text(185), "3 min 05 s");
  EXPECT_EQ(duration_text(7800), "2 h 10 min");
  EXPECT_EQ(bytes_text(512), "512 B");
  EXPECT_EQ(bytes_text(3'400'000), "3.4 MB");
  EXPECT_EQ(bytes_text(999'950), "1.0 MB");
  EXPECT_EQ(parse_bytes("1.5 GiB"), 1610612736u);
  EXPECT_EQ(parse_bytes("500M"), 500'000'000u);
  EXPECT_FALSE(parse_bytes("much"));
  EXPECT_FALSE(parse_bytes("-1"));
  EXPECT_EQ(parse_duration("2w"), 1209600);
  EXPECT_FALSE(parse_duration("2 years"));
  EXPECT_EQ(shortened("aéß", 2), "aé");
  EXPECT_EQ(padded("é", 3), "é  ");
}

class GiveOne final : public Stage {
  Out<Metrics> number{*this, "number", "The number."};
  Param<double> value{*this, "value", {.value = 1.0, .doc = "It."}};
  void run(Context&) override { number = testing::number(*value); }
};

class WriteOne final : public Stage {
  In<Metrics> number{*this, "number", "A number."};
  Param<OutputPath> path{*this, "path", {.value = OutputPath{"report"}, .doc = "Where to."}};
  void run(Context&) override {
    std::filesystem::create_directories(path->path / "inner");
    write_text(path->path / "inner/number.txt", std::to_string(number_in(*number)));
  }
};

class RunFolderTest : public PipelineTest {
 protected:
  RunFolderTest() {
    source.add<GiveOne>("give");
    source.add<WriteOne>("write");
  }
  HandPlan plan_with(double value) {
    HandPlan plan(source);
    plan.node("a", "give", {}, {{"value", value}}).node("w", "write", {{"number", "a.number"}});
    return plan;
  }
  std::filesystem::path recorded(const HandPlan& plan) {
    Store store(folder.path() / "cache");
    RunFolder record(plan.plan, store, folder.path() / "runs", {"morgana run", "1.0.0", options.limits});
    Executor executor(plan.plan, options, store, source, record, stop);
    record.finish(executor.run(), "done");
    EXPECT_EQ(record.faults(), std::vector<std::string>{});
    return record.path();
  }
};

TEST_F(RunFolderTest, HoldsRecordEventsValuesAndProducts) {
  const auto path = recorded(plan_with(3));
  const auto run = read_run("latest", folder.path() / "runs");
  EXPECT_EQ(run.folder, path);
  EXPECT_EQ(run.record["nodes"][0]["status"], "done");
  EXPECT_EQ(run.record["nodes"][0]["parameters"]["value"], 3.0);
  EXPECT_EQ(number_in(*Metrics::load(path / run.record["nodes"][0]["outputs"]["number"]["file"].get<std::string>())),
            3);
  EXPECT_EQ(read_text(path / "report/inner/number.txt").substr(0, 1), "3");
  EXPECT_NE(read_text(path / "events.jsonl").find("\"event\":\"done\""), std::string::npos);
}

TEST_F(RunFolderTest, ProductsOfCachedNodesComeBackToo) {
  recorded(plan_with(3));
  const auto second = recorded(plan_with(3));
  EXPECT_EQ(source.runs["w"], 1);
  EXPECT_EQ(read_text(second / "report/inner/number.txt").substr(0, 1), "3");
}

TEST_F(RunFolderTest, EditedProductDoesNotHarmTheCache) {
  const auto first = recorded(plan_with(3));
  write_text(first / "report/inner/number.txt", "edited");
  EXPECT_EQ(read_text(recorded(plan_with(3)) / "report/inner/number.txt").substr(0, 1), "3");
}

TEST_F(RunFolderTest, DifferencesNameParametersAndNumbers) {
  const auto first = read_run(recorded(plan_with(3)).string(), ""),
             second = read_run(recorded(plan_with(4)).string(), "");
  EXPECT_TRUE(differences(first, first).empty());
  const auto list = differences(first, second);
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].kind, "parameter");
  EXPECT_EQ(list[0].second, 4.0);
  EXPECT_EQ(list[1].kind, "result");
  EXPECT_EQ(list[2].kind, "metric");
  EXPECT_EQ(list[2].first, 3.0);
}

TEST_F(RunFolderTest, KilledRunShowsWhatHadEnded) {
  const auto path = recorded(plan_with(3));
  auto record = nlohmann::json::parse(read_text(path / "run.json"));
  record["status"] = "running";
  record["nodes"] = nlohmann::json::array();
  write_text(path / "run.json", record.dump());
  std::ofstream(path / "events.jsonl", std::ios::app) << "{\"time\":1,\"eve";  // the line it was writing
  EXPECT_EQ(read_run(path.string(), "").record["nodes"].size(), 2u);
}

TEST_F(RunFolderTest, UnknownRunNamesTheOnesThereAre) {
  const auto path = recorded(plan_with(3));
  try {
    read_run("2020", folder.path() / "runs");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "there is no run \"2020\"");
    EXPECT_NE(error.hint().find(path.filename().string()), std::string::npos);
  }
}

TEST(LinkName, IsOneOfEachNodeAndShortEnoughForAFileSystem) {
  const StoredFile file{.file = "model.safetensors"};
  EXPECT_EQ(link_name("model[generator=ddpm]", file), "model[generator=ddpm].model.safetensors");
  EXPECT_NE(link_name("x[path=a/b]", file), link_name("x[path=a_b]", file));
  EXPECT_LT(link_name(std::string(400, 'x'), file).size(), 255u);
  EXPECT_TRUE(link_name("x[path=a/b]", file).ends_with(".safetensors"));
}

}  // namespace
}  // namespace morgana::host::testing
