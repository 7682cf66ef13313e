using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

public sealed class FiguresTests
{
    [Fact]
    public async Task Count_what_the_service_does()
    {
        await using TestService service = await TestService.StartAsync(("DECODE_WORKERS", "3"));
        JsonElement before = await service.AnswerAsync("/figures");
        string key = await service.UploadedAsync(Pictures.Jpeg(60, 40));
        await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);
        using HttpResponseMessage refused = await service.UploadAsync([1, 2, 3]);
        await refused.ShouldBeProblemAsync(400, "unsupported_format");

        JsonElement after = await service.AnswerAsync("/figures");

        // Tests beside this one count in the same process.
        Grown(before, after, "uploads", "total").Should().BeGreaterThanOrEqualTo(2);
        Grown(before, after, "uploads", "failed").Should().BeGreaterThanOrEqualTo(1);
        Grown(before, after, "publishes", "total").Should().BeGreaterThanOrEqualTo(1);
        Grown(before, after, "decodes", "total").Should().BeGreaterThanOrEqualTo(2);
        Grown(before, after, "decodes", "secondsTotal").Should().BeGreaterThan(0);
        after.GetProperty("workers").GetProperty("max").GetInt32().Should().Be(3);
        after.GetProperty("memory").GetProperty("budgetBytes").GetInt64().Should().BePositive();
        after.GetProperty("queue").GetRawText().Should().Be("""{"waiting":0,"running":0,"modern":0}""");
        after.GetProperty("storage").EnumerateArray().Select(one => $"{one.GetProperty("name")} {one.GetProperty("ok")}").Should()
            .Contain(["incoming True", "active True", "decoders True"]);
    }

    [Fact]
    public async Task Show_the_settings_but_no_secret()
    {
        await using TestService service = await TestService.StartAsync(
            ("MAX_FRAMES", "7"),
            ("API_SECRET_KEY_PREVIOUS", ""),
            ("V5_DATABASE_URL", "postgres://user:a-password@localhost/v5"),
            ("V5_IMAGES_URL", "https://somebody:another-password@example.org/images/"));

        using HttpResponseMessage response = await service.AskAsync("/figures");

        JsonElement settings = (await response.ShouldBeJsonAsync(200)).GetProperty("settings");
        Dictionary<string, string> values = settings.EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!, one => $"{one.GetProperty("value")} {one.GetProperty("isSecret")} {one.GetProperty("isDefault")}");
        values["MAX_FRAMES"].Should().Be("7 False False");
        values["MAX_PIXELS"].Should().Be("220000000 False True");
        values["API_SECRET_KEY"].Should().Be("(set) True False");
        values["API_SECRET_KEY_PREVIOUS"].Should().Be("(not set) True True");
        values["V5_DATABASE_URL"].Should().Be("(set) True False");
        values["V5_IMAGES_URL"].Should().Be("https://…@example.org/images/ False False");
        (await response.Content.ReadAsStringAsync()).Should().NotContainAny([.. service.Secrets, "a-password", "another-password"]);
    }

    [Fact]
    public async Task Say_which_storage_does_not_work()
    {
        await using TestService service = await TestService.StartAsync();
        await service.LoseAsync(service.Active);
        service.Time.Pass(TimeSpan.FromMinutes(1));

        JsonElement figures = await service.AnswerAsync("/figures");

        JsonElement active = figures.GetProperty("storage").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "active");
        active.GetProperty("ok").GetBoolean().Should().BeFalse();
        active.GetProperty("detail").GetString().Should().Be("The active storage does not work.");
    }

    private static double Grown(JsonElement before, JsonElement after, string group, string name) =>
        after.GetProperty(group).GetProperty(name).GetDouble() - before.GetProperty(group).GetProperty(name).GetDouble();
}
