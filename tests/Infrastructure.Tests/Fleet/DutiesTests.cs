using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Postgres;
using ImageBackend.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageBackend.Infrastructure.Tests.Fleet;

/// <summary>Two services' duties, by connections of their own to a real PostgreSQL.</summary>
public sealed class DutiesTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const string Cleaning = "cleaning";

    [NeedsPostgresFact]
    public async Task Only_one_service_of_a_storage_has_a_duty_until_it_ends()
    {
        FleetSettings settings = SettingsOf(await server.CreateDatabaseAsync("SELECT 1"));
        Duties first = Of(settings, "a");
        await using Duties second = Of(settings, "a");
        await using Duties elsewhere = Of(settings, "b");

        (await first.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeTrue();
        (await first.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeTrue("it keeps it");
        (await second.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeFalse();
        (await second.IsOursAsync("reconciling", CancellationToken.None)).Should().BeTrue("it is another duty");
        (await elsewhere.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeTrue("it is another storage");
        await first.DisposeAsync();
        (await second.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeTrue();
    }

    [NeedsPostgresFact]
    public async Task While_the_database_is_away_every_service_does_everything()
    {
        FleetSettings settings = SettingsOf(await server.CreateDatabaseAsync("SELECT 1"));
        await using Duties first = Of(settings, "a");
        await using Duties second = Of(settings, "a");
        (await first.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeTrue();

        await server.StopAsync();
        bool[] away = [await first.IsOursAsync(Cleaning, CancellationToken.None), await second.IsOursAsync(Cleaning, CancellationToken.None)];
        await server.StartAsync();

        away.Should().Equal(true, true);
        (await second.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeTrue();
        (await first.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeFalse("the other one was faster");
    }

    [Fact]
    public async Task Without_a_database_every_service_does_everything()
    {
        await using Duties duties = Of(new FleetSettings(Database: null, TimeSpan.FromMinutes(2), ChunkSize: 300), "a");

        (await duties.IsOursAsync(Cleaning, CancellationToken.None)).Should().BeTrue();
    }

    private static Duties Of(FleetSettings settings, string place) => new(settings, place, NullLogger<Duties>.Instance);

    private static FleetSettings SettingsOf(string address)
    {
        PostgresUrl.TryParse(address, out PostgresUrl? url, out _).Should().BeTrue();
        return new FleetSettings(url, TimeSpan.FromMinutes(2), ChunkSize: 300);
    }
}
