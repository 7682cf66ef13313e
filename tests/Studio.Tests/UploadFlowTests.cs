using ImageBackend.Testing;
using Microsoft.Playwright;
using NetVips;
using static Microsoft.Playwright.Assertions;

namespace ImageBackend.Studio.Tests;

/// <summary>From a file to a published image, and what can go wrong on the way.</summary>
public sealed class UploadFlowTests(Chromium chromium, S3Server server) : StudioTests(chromium, server)
{
    private const int PartBytes = 4 * 1024 * 1024;

    [SkippableTheory]
    [InlineData(StudioSite.Folders)]
    [InlineData(StudioSite.S3)]
    public async Task A_photo_is_uploaded_seen_in_all_sizes_and_published(string storage)
    {
        StudioSite site = await StartAsync(storage, variables: ("GENERATE_WEBP", "1"));
        await site.UnlockAsync();

        await site.ChooseAsync(("morning.jpg", Scenes.Photo(0)));

        ILocator card = site.Page.GetByRole(AriaRole.Article, new PageGetByRoleOptions { Name = "morning.jpg" });
        await Expect(card).ToContainTextAsync("1800 × 1200 · JPG");
        await Expect(card.Locator("figcaption")).ToHaveCountAsync(7); // the original, three sizes in JPEG and in WebP
        await Expect(card.Locator("figcaption").Nth(1)).ToContainTextAsync("BI JPG1500 × 1000");
        await Expect(card.Locator("figcaption .saving").First).ToContainTextAsync("%");
        await Expect(card.Locator(".picture.loading, .picture.missing")).ToHaveCountAsync(0);
        await site.Press("Publish", card);
        await Expect(card.Locator(".chip")).ToHaveTextAsync("Published");

        (await site.Service.Active.NamesAsync()).Should().HaveCountGreaterThanOrEqualTo(4);
        await card.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Open", Exact = true }).ClickAsync();
        await Expect(site.Page.Locator("main .chip").First).ToHaveTextAsync("Published");
        await Expect(site.Text("2026-07-14, 09:31:05")).ToBeVisibleAsync();
        await Expect(site.Page.Locator(".picture.loading, .picture.missing")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_photo_is_uploaded_without_the_secret_by_dropping_and_by_pasting()
    {
        StudioSite site = await StartAsync();
        await site.OpenAsync();
        await Expect(site.Text("up to 40 MB each")).ToBeVisibleAsync();

        await SendAsync(site, "drop", "dataTransfer", "dropped.jpg", Scenes.Photo(1, 600, 400));
        await SendAsync(site, "paste", "clipboardData", "pasted.jpg", Scenes.Photo(2, 600, 400));

        await Expect(site.Text("2 uploaded")).ToBeVisibleAsync();
        await Expect(site.Text("SI: 200 × 200")).ToHaveCountAsync(2);
        await Expect(site.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Enter the secret" })).ToHaveCountAsync(2);
        (await site.Service.Incoming.NamesAsync()).Should().HaveCount(8);
    }

    [SkippableFact]
    public async Task Of_fifty_files_those_that_are_not_pictures_are_refused_and_counted()
    {
        StudioSite site = await StartAsync();
        site.Expects(400);
        await site.OpenAsync();
        byte[] picture = Pictures.Jpeg(60, 40);

        await site.ChooseAsync([.. Enumerable.Range(0, 50).Select(i => i % 5 < 3 ? ($"{i}.jpg", picture) : ($"{i}.txt", "not a picture"u8.ToArray()))]);

        await Expect(site.Page.Locator(".summary")).ToContainTextAsync("30 uploaded · 20 refused: 20 not a picture");
        await Expect(site.Text("This is not a picture that the service accepts.")).ToHaveCountAsync(20);
        await site.Press("Clear the list");
        await Expect(site.Page.GetByRole(AriaRole.Article)).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_file_of_two_gigabytes_is_refused_before_anything_is_sent()
    {
        StudioSite site = await StartAsync();
        using TempFolder folder = new();
        await using (FileStream film = File.Create(folder.File("film.jpg")))
        {
            film.SetLength(2_000_000_000);
        }

        await site.OpenAsync();

        await site.Page.Locator("#files").SetInputFilesAsync(folder.File("film.jpg"));

        await Expect(site.Text("Too large: 2.0 GB. The limit is 40 MB.")).ToBeVisibleAsync();
        site.Requests.Should().NotContain(request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData(StudioSite.Folders)]
    [InlineData(StudioSite.S3)]
    public async Task A_reload_in_the_middle_of_an_upload_continues_it(string storage)
    {
        StudioSite site = await StartAsync(storage);
        site.Expects(StudioSite.BrokenLine);
        await site.OpenAsync();
        byte[] photo;
        using (Image noise = Pictures.Noise(2000, 1300))
        {
            photo = Pictures.Jpeg(noise);
        }

        photo.Length.Should().BeGreaterThan(PartBytes);
        // The line is cut after the first part, and whole again some time after the reload.
        int sent = 0;
        bool isCut = true;
        TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await site.Page.RouteAsync("**/files/*", async route =>
        {
            if (route.Request.Method == "PATCH" && ++sent > 1 && isCut)
            {
                sent--;
                cut.TrySetResult();
                await route.AbortAsync();
            }
            else
            {
                await route.ContinueAsync();
            }
        });
        await site.ChooseAsync(("long.jpg", photo));
        await cut.Task.WaitAsync(TimeSpan.FromMinutes(1));
        int before = site.Requests.Count;

        await site.Page.ReloadAsync();
        await Expect(site.Page.GetByRole(AriaRole.Article)).ToHaveCountAsync(1);
        isCut = false;

        await Expect(site.Page.GetByRole(AriaRole.Article, new PageGetByRoleOptions { Name = "long.jpg" })).ToContainTextAsync("2000 × 1300");
        string[] after = [.. site.Requests.Skip(before)];
        after.Should().NotContain(request => request.StartsWith("POST", StringComparison.Ordinal), "the upload is not begun anew");
        sent.Should().Be(1 + ((photo.Length - 1) / PartBytes), "no part is sent twice");
        (await site.Service.Incoming.ReadAsync((await site.Service.Incoming.NamesAsync()).Single(name => !name.Contains('I', StringComparison.Ordinal)))).Should().Equal(photo);
        await site.Page.ReloadAsync();
        await Expect(site.Text("up to 40 MB each")).ToBeVisibleAsync();
        await Expect(site.Page.GetByRole(AriaRole.Article)).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_cancelled_upload_leaves_nothing()
    {
        StudioSite site = await StartAsync();
        await site.OpenAsync();
        await site.Page.RouteAsync("**/upload", _ => Task.CompletedTask);
        await site.ChooseAsync(("photo.jpg", Pictures.Jpeg(60, 40)));

        await site.Press("Cancel photo.jpg");

        await Expect(site.Text("Cancelled")).ToBeVisibleAsync();
        await site.Page.UnrouteAllAsync();
        await site.Page.ReloadAsync();
        await Expect(site.Text("up to 40 MB each")).ToBeVisibleAsync();
        await Expect(site.Page.GetByRole(AriaRole.Article)).ToHaveCountAsync(0);
        await site.Service.ShouldHoldNothingAsync();
    }

    [SkippableFact]
    public async Task A_name_is_shown_as_text()
    {
        StudioSite site = await StartAsync();
        await site.OpenAsync();

        await site.ChooseAsync(("<img src=x onerror=alert(1)>.jpg", Pictures.Jpeg(60, 40)));

        await Expect(site.Page.GetByRole(AriaRole.Article).GetByRole(AriaRole.Heading)).ToHaveTextAsync("<img src=x onerror=alert(1)>.jpg");
        await Expect(site.Page.Locator("img[src=x]")).ToHaveCountAsync(0);
    }

    private static async Task SendAsync(StudioSite site, string kind, string property, string name, byte[] photo) => await site.Page.EvaluateAsync(
        """
        ({ kind, property, name, photo }) => {
          const data = new DataTransfer()
          data.items.add(new File([Uint8Array.from(atob(photo), letter => letter.charCodeAt(0))], name, { type: 'image/jpeg' }))
          const event = new Event(kind, { bubbles: true, cancelable: true })
          Object.defineProperty(event, property, { value: data })
          document.getElementById('zone').dispatchEvent(event)
        }
        """,
        new { kind, property, name, photo = Convert.ToBase64String(photo) });
}
