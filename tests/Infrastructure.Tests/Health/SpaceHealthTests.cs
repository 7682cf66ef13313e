using ImageBackend.Infrastructure.Health;
using ImageBackend.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Infrastructure.Tests.Health;

public sealed class SpaceHealthTests
{
    [Fact]
    public async Task Too_little_room_for_four_of_the_largest_uploads_is_a_warning_that_says_how_much_is_left()
    {
        using TempFolder folder = new();

        HealthCheckResult result = await Check(folder, largestUpload: long.MaxValue / 8);

        result.Status.Should().Be(HealthStatus.Degraded);
        result.Description.Should().MatchRegex("^temp has [0-9]+ MB left; 4 of the largest uploads take [0-9]+ MB.$").And.NotContain(folder.Path);
    }

    [Fact]
    public async Task Enough_room_is_told_in_bytes()
    {
        using TempFolder folder = new();

        HealthCheckResult result = await Check(folder, largestUpload: 1);

        result.Status.Should().Be(HealthStatus.Healthy);
        result.Data.Should().ContainKey("temp").WhoseValue.Should().BeOfType<long>().Which.Should().BePositive();
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_for_another_check_to_tell()
    {
        HealthCheckResult result = await new SpaceHealth([("incoming", new DirectoryInfo("/nowhere/incoming"))], largestUpload: 1).CheckHealthAsync(new HealthCheckContext());

        result.Status.Should().Be(HealthStatus.Healthy);
    }

    private static Task<HealthCheckResult> Check(TempFolder folder, long largestUpload) =>
        new SpaceHealth([("temp", new DirectoryInfo(folder.Path))], largestUpload).CheckHealthAsync(new HealthCheckContext());
}
