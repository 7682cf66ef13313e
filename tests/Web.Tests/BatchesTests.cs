using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>What an operator sees of the batches that several machines share, from a real ledger.</summary>
[Trait("Storage", "folders")]
public sealed class BatchesTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [NeedsPostgresFact]
    public async Task The_latest_runs_are_told_with_how_far_they_are()
    {
        string address = await server.CreateDatabaseAsync("SELECT 1");
        await SeenRuns.FillAsync(address);
        await using TestService service = await TestService.StartAsync(("BATCH_DATABASE_URL", address));

        JsonElement batches = await service.AnswerAsync("/figures/batches");

        batches.GetProperty("isShared").GetBoolean().Should().BeTrue();
        batches.TryGetProperty("problem", out _).Should().BeFalse();
        JsonElement[] runs = [.. batches.GetProperty("runs").EnumerateArray()];
        runs.Select(run => $"{run.GetProperty("id")} {run.GetProperty("kind")} {run.GetProperty("state")} {run.GetProperty("done")} of {run.GetProperty("total")}, {run.GetProperty("skipped")} skipped, {run.GetProperty("failed")} failed, {run.GetProperty("workers")} workers")
            .Should().Equal(
                "2 verify running 0 of , 0 skipped, 0 failed, 0 workers",
                "1 resize running 4 of 10, 1 skipped, 1 failed, 1 workers");
    }

    [Fact]
    public async Task Without_a_database_there_are_none()
    {
        await using TestService service = await TestService.StartAsync();

        (await service.AnswerAsync("/figures/batches")).GetRawText().Should().Be("""{"isShared":false,"runs":[]}""");
    }

    [Fact]
    public async Task A_database_that_can_not_be_used_is_told_without_its_password_and_the_rest_is_told_as_ever()
    {
        await using TestService service = await TestService.StartAsync(("BATCH_DATABASE_URL", "postgresql://images:s3cret@127.0.0.1:1/batches"));

        JsonElement batches = await service.AnswerAsync("/figures/batches");

        batches.GetProperty("problem").GetString().Should().Contain("can't be reached").And.NotContain("s3cret");
        batches.GetProperty("runs").GetArrayLength().Should().Be(0);
        (await service.AnswerAsync("/figures")).GetProperty("storage").GetArrayLength().Should().BePositive();
    }

    [NeedsPostgresFact]
    public async Task A_database_without_its_tables_is_told_with_what_makes_them()
    {
        await using TestService service = await TestService.StartAsync(("BATCH_DATABASE_URL", await server.CreateDatabaseAsync("SELECT 1")));

        (await service.AnswerAsync("/figures/batches")).GetProperty("problem").GetString().Should().Contain("`images batch init`");
    }

    [Fact]
    public async Task They_are_behind_the_secret()
    {
        await using TestService service = await TestService.StartAsync();
        using HttpResponseMessage response = await service.Client.GetAsync("/figures/batches");

        await response.ShouldBeProblemAsync(401, "secret_missing");
    }
}
