using System.Globalization;
using ImageBackend.Testing;
using ImageBackend.Web.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ImageBackend.Studio.Tests;

/// <summary>Incoming and active, page by page, and several images at once.</summary>
public sealed class ListFlowTests(Chromium chromium, S3Server server) : StudioTests(chromium, server)
{
    private const int PageSize = 48;

    [SkippableFact]
    public async Task Two_thousand_images_are_paged_through_without_missing_one()
    {
        StudioSite site = await StartAsync();
        string[] keys = await FillAsync(site, 2000);
        await site.UnlockAsync("active?order=name");

        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int page = 1; ; page++)
        {
            await Expect(site.Page.Locator(".pager .grow")).ToContainTextAsync($"on page {page}");
            seen.UnionWith(await NamesAsync(site));
            if (!await More(site).IsVisibleAsync())
            {
                break;
            }

            await More(site).ClickAsync();
        }

        seen.Should().BeEquivalentTo(keys);
        await site.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "← Back" }).ClickAsync();
        await Expect(site.Page.Locator(".pager .grow")).ToContainTextAsync($"{PageSize} images on page 41");
    }

    [SkippableTheory]
    [InlineData(StudioSite.Folders)]
    [InlineData(StudioSite.S3)]
    public async Task A_list_begins_where_it_is_asked_to(string storage)
    {
        StudioSite site = await StartAsync(storage);
        string[] keys = await FillAsync(site, 60);
        await site.UnlockAsync("active?order=name");
        await Expect(site.Page.Locator(".tile")).ToHaveCountAsync(PageSize);

        await site.Page.GetByLabel("Go to a name").FillAsync(keys[50][..12]);
        await site.Press("Go");

        await Expect(site.Page.Locator(".tile")).ToHaveCountAsync(10);
        (await NamesAsync(site)).Should().Equal(keys[50..]);
        await site.Page.GetByLabel("Go to a name").FillAsync("zzz");
        await site.Press("Go");
        await Expect(site.Text("No image from there on.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Several_images_are_published_at_once_with_a_summary_of_what_failed()
    {
        StudioSite site = await StartAsync();
        site.Expects(404);
        string[] keys = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => site.UploadedAsync(Pictures.Jpeg(60 + i, 40))));
        await site.UnlockAsync("incoming");
        foreach (string key in keys)
        {
            await site.Page.GetByLabel($"Select {key}").CheckAsync();
        }

        using (HttpResponseMessage deleted = await site.Service.DeleteAsync(keys[2]))
        {
            deleted.IsSuccessStatusCode.Should().BeTrue();
        }

        await site.Press("Publish");

        ILocator dialog = site.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("3 published · 1 not: 1 gone meanwhile");
        await Expect(dialog.Locator("li code")).ToHaveTextAsync(keys[2]);
        await site.Press("Close", dialog);
        await Expect(site.Text("Nothing is waiting.")).ToBeVisibleAsync();
        (await site.Service.Active.NamesAsync()).Should().Contain([keys[0], keys[1], keys[3]]);
    }

    [SkippableTheory]
    [InlineData(StudioSite.Folders)]
    [InlineData(StudioSite.S3)]
    public async Task Several_images_are_deleted_at_once(string storage)
    {
        StudioSite site = await StartAsync(storage);
        await FillAsync(site, 5);
        await site.UnlockAsync("active");
        await Expect(site.Page.Locator(".tile")).ToHaveCountAsync(5);

        await site.Page.Locator(".tile input").First.CheckAsync();
        await site.Press("Select all");
        await site.Press("Delete");
        await site.Press("Delete", site.Page.GetByRole(AriaRole.Dialog));
        await Expect(site.Text("5 deleted")).ToBeVisibleAsync();
        await site.Press("Close");

        await Expect(site.Text("Nothing is published yet.")).ToBeVisibleAsync();
        (await site.Service.Active.NamesAsync()).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task A_key_with_every_letter_that_is_allowed_is_listed_and_opened()
    {
        StudioSite site = await StartAsync();
        const string Key = "_-AZ.az.09-_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.jpg";
        await site.Service.Active.PutAsync(Key, Scenes.Photo(11, 300, 200));
        await site.UnlockAsync("active");

        await site.Page.Locator(".tile a").ClickAsync();

        await Expect(site.Heading(Key)).ToBeVisibleAsync();
        await Expect(site.Text("300 × 200 pixels")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_storage_that_is_gone_is_said_to_be_so_and_tried_again()
    {
        StudioSite site = await StartAsync();
        site.Expects(503);
        await site.PublishedAsync(Pictures.Jpeg(60, 40));
        await site.UnlockAsync("active");
        await site.Service.LoseAsync(site.Service.Active);

        await site.Page.ReloadAsync();
        await Expect(site.Text("The storage does not answer.")).ToBeVisibleAsync();
        await site.Service.Active.BringBackAsync();
        await site.Press("Try again");

        await Expect(site.Text("Nothing is published yet.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Everything_works_below_a_route_prefix()
    {
        StudioSite site = await StartAsync(variables: ("ROUTE_PREFIX", "/pictures"));
        await site.UnlockAsync();

        await site.ChooseAsync(("photo.jpg", Scenes.Photo(12, 600, 400)));
        await Expect(site.Page.Locator("figcaption")).ToHaveCountAsync(4);
        await site.Press("Publish");
        await Expect(site.Page.Locator(".card .chip")).ToHaveTextAsync("Published");
        await site.OpenAsync("active");

        await Expect(site.Page.Locator(".tile")).ToHaveCountAsync(1);
        await Expect(site.Page.Locator(".picture.loading, .picture.missing")).ToHaveCountAsync(0);
        site.Requests.Should().OnlyContain(request => request.Contains("/pictures/", StringComparison.Ordinal) || request.StartsWith("GET blob:", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task The_running_service_is_shown_with_its_settings_but_without_its_secrets()
    {
        StudioSite site = await StartAsync();
        await site.PublishedAsync(Pictures.Jpeg(60, 40));

        await site.UnlockAsync("running");

        await Expect(site.Text("active: works")).ToBeVisibleAsync();
        await Expect(site.Page.Locator(".figure", new PageLocatorOptions { HasText = "Uploads a minute" })).ToContainTextAsync("upload");
        await site.Page.GetByLabel("Filter the settings").FillAsync("api_secret_key");
        await Expect(site.Page.Locator("tbody tr:visible", new PageLocatorOptions { HasText = "(set)" })).Not.ToHaveCountAsync(0);
        (await site.Page.ContentAsync()).Should().NotContain(TestService.Secret);
        await site.Page.WaitForRequestAsync("**/figures"); // it goes on looking
    }

    private static ILocator More(StudioSite site) => site.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "More →" });

    private static async Task<IReadOnlyList<string>> NamesAsync(StudioSite site) => await site.Page.Locator(".tile .name").AllInnerTextsAsync();

    /// <returns>Keys of published images, in order; each is a small file.</returns>
    private static async Task<string[]> FillAsync(StudioSite site, int count)
    {
        byte[] photo = Pictures.Jpeg(60, 40);
        string[] keys = [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{1475660224 + (i * 60)}_{i:0000000000}.jpg"))];
        foreach (string[] some in keys.Chunk(50))
        {
            await Task.WhenAll(some.Select(key => site.Service.Active.PutAsync(key, photo)));
        }

        return keys;
    }
}
