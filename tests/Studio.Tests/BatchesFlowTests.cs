using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ImageBackend.Testing;
using ImageBackend.Web.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ImageBackend.Studio.Tests;

/// <summary>The batches that several machines share, beside the figures of the service.</summary>
public sealed class BatchesFlowTests(Chromium chromium, S3Server server, PostgresServer database) : StudioTests(chromium, server), IClassFixture<PostgresServer>
{
    [SkippableFact]
    public async Task Runs_are_shown_with_their_bars_and_what_failed()
    {
        Skip.If(NeedsPostgresFactAttribute.WhySkipped is not null, NeedsPostgresFactAttribute.WhySkipped);
        string address = await database.CreateDatabaseAsync("SELECT 1");
        await SeenRuns.FillAsync(address);
        StudioSite site = await StartAsync(variables: [("BATCH_DATABASE_URL", address)]);

        await site.UnlockAsync("running");

        ILocator panel = site.Page.Locator("#batches");
        await Expect(panel).ToContainTextAsync("4 of 10 images · 1 skipped · 1 worker · images batch failures 1 lists what failed");
        await Expect(panel).ToContainTextAsync("running, 1 failed");
        await Expect(panel.GetByLabel("Progress of resize 1")).ToHaveAttributeAsync("value", "0.4");
        await Expect(panel).ToContainTextAsync("verify 2");
        await site.ShouldBeAccessibleAsync();
    }

    [SkippableFact]
    public async Task The_dashboard_of_Hangfire_is_opened_by_its_link_and_all_its_pages_work_under_its_policy()
    {
        Skip.If(NeedsPostgresFactAttribute.WhySkipped is not null, NeedsPostgresFactAttribute.WhySkipped);
        string address = await database.CreateDatabaseAsync("SELECT 1");
        await SeenRuns.FillAsync(address);
        StudioSite site = await StartAsync(
            view: View.Light with { Password = TestService.Secret }, variables: [("BATCH_DATABASE_URL", address), ("BATCH_DASHBOARD", "1"), ("ROUTE_PREFIX", "/img")]);
        site.Expects(401); // the browser's question for the secret

        await site.UnlockAsync("running");
        await site.Page.GetByText("Dashboard of Hangfire").ClickAsync();

        await Expect(site.Page).ToHaveTitleAsync(new Regex("Batches"));
        await Expect(site.Page.Locator("#realtimeGraph")).ToBeVisibleAsync();
        await site.Page.WaitForResponseAsync(response => response.Url.EndsWith("/img/batches/stats", StringComparison.Ordinal) && response.Ok);
        foreach (string page in new[] { "jobs/enqueued", "jobs/processing", "jobs/succeeded", "jobs/failed", "jobs/deleted", "jobs/scheduled", "jobs/awaiting", "retries", "recurring", "servers", "jobs/details/1" })
        {
            await site.OpenPageAsync($"/batches/{page}");
            await Expect(site.Page.Locator("#hangfireConfig")).ToHaveCountAsync(1);
        }

        await Expect(site.Page.GetByText("Run 1, chunk 1").First).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Figures_go_on_while_a_database_does_not_answer()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        StudioSite site = await StartAsync(variables: [("BATCH_DATABASE_URL", $"postgresql://images@127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/batches?connect_timeout=600")]);

        await site.UnlockAsync("running");
        await Expect(site.Text("active: works")).ToBeVisibleAsync();
        int before = FiguresAsked();

        await Eventually.IsAsync(() => Task.FromResult(FiguresAsked() >= before + 2));
        site.Requests.Count(request => request.EndsWith("/figures/batches", StringComparison.Ordinal)).Should().Be(1, "it still waits for the first answer");

        int FiguresAsked() => site.Requests.Count(request => request.EndsWith("/figures", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_database_that_is_away_is_told_beside_the_figures()
    {
        StudioSite site = await StartAsync(variables: [("BATCH_DATABASE_URL", "postgresql://images:s3cret@127.0.0.1:1/batches")]);

        await site.UnlockAsync("running");

        await Expect(site.Page.Locator("#batches")).ToContainTextAsync("can't be reached");
        await Expect(site.Text("active: works")).ToBeVisibleAsync();
    }
}
