using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Configuration;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7200)]
    [InlineData("7d", 604800)]
    [InlineData("0", 0)]
    public void Are_a_number_with_a_unit(string text, int seconds)
    {
        Durations.TryParse(text, out TimeSpan duration).Should().BeTrue();
        duration.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("h")]
    [InlineData("-2h")]
    [InlineData("2.5h")]
    [InlineData("2 hours")]
    [InlineData("99999999d")]
    public void Anything_else_is_none(string? text) => Durations.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData("90s", "90s")]
    [InlineData("60m", "1h")]
    [InlineData("48h", "2d")]
    [InlineData("0", "0")]
    public void Are_written_in_the_largest_unit(string text, string written)
    {
        Durations.TryParse(text, out TimeSpan duration).Should().BeTrue();
        Durations.ToText(duration).Should().Be(written);
    }

    [Theory]
    [InlineData("CLEAN_INTERVAL", "often")]
    [InlineData("INCOMING_TTL", "9m")] // it could be an upload in progress
    [InlineData("INCOMING_TTL", "0")]
    public void A_wrong_one_is_a_mistake(string name, string value) =>
        new Variables { [name] = value }.Mistakes(isDevelopment: true).Should().ContainSingle(mistake => mistake.StartsWith(name)).Which.Should().Contain($"'{value}'");

    [Theory]
    [InlineData(null, 15)]
    [InlineData("local", 15)]
    [InlineData("S3", 0)]
    public void What_expired_is_removed_by_the_service_unless_S3_does_it(string? backend, int minutes)
    {
        using TempFolder folder = new();
        Variables variables = new()
        {
            ["STORAGE_BACKEND"] = backend,
            ["INCOMING_FOLDER"] = folder.Folder("incoming"),
            ["ACTIVE_FOLDER"] = folder.Folder("active"),
            ["INCOMING_BUCKET"] = "incoming",
            ["ACTIVE_BUCKET"] = "active",
        };

        BackendSettings.Read(variables.Reader()).Cleaning.Interval.Should().Be(TimeSpan.FromMinutes(minutes));
    }
}
