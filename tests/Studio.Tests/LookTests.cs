using ImageBackend.Testing;
using Microsoft.Playwright;
using NetVips;
using static Microsoft.Playwright.Assertions;

namespace ImageBackend.Studio.Tests;

/// <summary>How the studio looks: to everybody, in light and dark, and on a phone. STUDIO_LOOKS=all judges every view in each of them; UPDATE_DOCS=1 writes the pictures of docs/studio.</summary>
public sealed class LookTests(Chromium chromium, S3Server server) : StudioTests(chromium, server)
{
    private static readonly bool UpdatesDocs = Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    // AVIF takes longest, and looks like WebP. With it, an image has ten files: the original, and three sizes in three formats.
    private static readonly int FilesEach = UpdatesDocs ? 10 : 7;

    // Otherwise each view is judged in one of the looks alone.
    private static readonly bool JudgesAll = Environment.GetEnvironmentVariable("STUDIO_LOOKS") == "all";

    private static readonly string[] Looks = ["light", "dark", "phone"];

    private static readonly HashSet<(string View, string Look)> InDocs =
        [("upload", "light"), ("active", "light"), ("image", "light"), ("Crop", "dark"), ("running", "dark"), ("active", "dark"), ("active", "phone"), ("image", "phone"), ("upload", "phone")];

    private int _turn;

    [SkippableTheory]
    [InlineData("light")]
    [InlineData("dark")]
    [InlineData("phone")]
    public async Task Every_view_is_accessible_and_fits(string look)
    {
        _turn = Array.IndexOf(Looks, look);
        View view = look switch { "light" => View.Light, "dark" => View.Dark, _ => View.Phone };
        StudioSite site = await StartAsync(view: view, variables: [("GENERATE_WEBP", "1"), ("GENERATE_AVIF", UpdatesDocs ? "1" : "0")]);
        site.Expects(400);
        string[] keys = await FillAsync(site);
        await site.OpenAsync();
        await JudgeAsync(site, view);
        await site.OpenAsync("active");
        await Expect(site.Heading("Enter the secret")).ToBeVisibleAsync();
        await JudgeAsync(site, view);

        await site.UnlockAsync("active");
        await Expect(site.Page.Locator(".tile")).ToHaveCountAsync(keys.Length - 1);
        await ShownAsync(site);
        await JudgeAsync(site, view);
        await PhotographAsync(site, look, "active");
        await site.Page.Locator(".tile input").First.CheckAsync();
        await JudgeAsync(site, view);

        await site.OpenAsync($"image/{keys[0]}");
        await Expect(site.Heading(keys[0])).ToBeVisibleAsync();
        await ShownAsync(site);
        await JudgeAsync(site, view);
        await PhotographAsync(site, look, "image");
        foreach (string dialog in new[] { "Crop", "Compare", "Delete" })
        {
            await site.Press(dialog);
            await Expect(site.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            if (dialog == "Crop")
            {
                await site.Page.GetByLabel("Square").CheckAsync();
            }

            await ShownAsync(site);
            await JudgeAsync(site, view);
            await PhotographAsync(site, look, dialog);
            await site.Page.Keyboard.PressAsync("Escape");
            await Expect(site.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        }

        await site.OpenAsync("incoming");
        await Expect(site.Page.Locator(".tile")).ToHaveCountAsync(1);
        await JudgeAsync(site, view);
        await site.OpenAsync("running");
        await Expect(site.Text("active: works")).ToBeVisibleAsync();
        await JudgeAsync(site, view);
        await PhotographAsync(site, look, "running");

        await site.OpenAsync();
        await site.ChooseAsync(("letter.txt", "not a picture"u8.ToArray()), ("evening.jpg", Scenes.Photo(6)));
        await Expect(site.Page.Locator("figcaption")).ToHaveCountAsync(FilesEach);
        await ShownAsync(site);
        await JudgeAsync(site, view);
        await PhotographAsync(site, look, "upload");
    }

    /// <summary>Axe finds nothing, and nothing is wider than the screen.</summary>
    private async Task JudgeAsync(StudioSite site, View view)
    {
        if (!JudgesAll && _turn++ % Looks.Length != 0)
        {
            return;
        }

        await site.ShouldBeAccessibleAsync();
        (await site.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(view.Width);
    }

    /// <summary>Waits for the pictures on the screen: the others are not loaded yet.</summary>
    private static Task ShownAsync(StudioSite site) => Web.Tests.Eventually.IsAsync(async () => await site.Page.EvaluateAsync<bool>(
        """
        () => Array.from(document.querySelectorAll('.picture.loading, .picture.missing'), picture => picture.getBoundingClientRect())
          .every(at => at.left >= innerWidth || at.top >= innerHeight || at.bottom <= 0)
        """));

    /// <returns>Published ones, and at the end one that waits.</returns>
    private static async Task<string[]> FillAsync(StudioSite site)
    {
        // All of them for a picture of the page; for a judgement two are enough.
        int published = UpdatesDocs ? 15 : 2;
        List<string> keys = [];
        for (int i = 0; i < published; i++)
        {
            keys.Add(await site.PublishedAsync(Scenes.Photo(published - i)));
        }

        await Web.Tests.Eventually.IsAsync(async () => (await site.Service.Active.NamesAsync()).Count == FilesEach * published);
        keys.Add(await site.UploadedAsync(Scenes.Photo(0)));
        return [.. keys];
    }

    private static async Task PhotographAsync(StudioSite site, string look, string view)
    {
        if (!UpdatesDocs || !InDocs.Contains((view, look)))
        {
            return;
        }

        byte[] screen = await site.Page.ScreenshotAsync();
        using Image full = Image.PngloadBuffer(screen);
        byte[] small = full.PngsaveBuffer(palette: true, q: 95, dither: 1, effort: 10, keep: Enums.ForeignKeep.None);
        string folder = Repository.File("docs", "studio");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{view.ToLowerInvariant()}-{look}.png"), small);
    }
}
