using ImageBackend.Testing;
using ImageBackend.Web.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ImageBackend.Studio.Tests;

/// <summary>Who may see what, and where the secret is kept.</summary>
public sealed class SecretFlowTests(Chromium chromium, S3Server server) : StudioTests(chromium, server)
{
    [SkippableTheory]
    [InlineData("not the secret")]
    [InlineData("секрет")]
    public async Task A_wrong_secret_is_said_to_be_wrong(string wrong)
    {
        StudioSite site = await StartAsync();
        site.Expects(403);
        await site.OpenAsync("incoming");

        await Secret(site).FillAsync(wrong);
        await site.Press("Unlock", site.Page.Locator("form"));
        await Expect(site.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This is not the secret of this service.");
        await Secret(site).FillAsync(TestService.Secret);
        await site.Press("Unlock", site.Page.Locator("form"));

        await Expect(site.Text("Nothing is waiting.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_secret_that_was_changed_meanwhile_is_asked_for_again_where_one_was()
    {
        StudioSite site = await StartAsync();
        site.Expects(403);
        await site.UnlockAsync("incoming");
        await Expect(site.Text("Nothing is waiting.")).ToBeVisibleAsync();
        await site.Page.EvaluateAsync("for (const name of Object.keys(sessionStorage)) sessionStorage.setItem(name, 'the one before')");

        await site.Page.ReloadAsync();
        await Expect(site.Heading("The secret was changed")).ToBeVisibleAsync();
        await Secret(site).FillAsync(TestService.Secret);
        await site.Page.Keyboard.PressAsync("Enter");

        await Expect(site.Text("Nothing is waiting.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task The_secret_is_kept_in_the_tab_alone_and_forgotten_on_request()
    {
        StudioSite site = await StartAsync();
        await site.UnlockAsync("active");
        await site.Page.ReloadAsync();
        await Expect(site.Text("Nothing is published yet.")).ToBeVisibleAsync();
        (await site.Page.EvaluateAsync<int>("localStorage.length")).Should().Be(0);

        IPage other = await site.Page.Context.NewPageAsync();
        await other.GotoAsync(site.Page.Url);
        await Expect(other.GetByText("Enter the secret")).ToBeVisibleAsync();
        await other.CloseAsync();
        await site.Press("Lock");

        await Expect(site.Heading("Enter the secret")).ToBeVisibleAsync();
        (await site.Page.EvaluateAsync<int>("sessionStorage.length")).Should().Be(0);
    }

    private static ILocator Secret(StudioSite site) => site.Page.GetByLabel("Secret", new PageGetByLabelOptions { Exact = true });
}
