using ImageBackend.Testing;
using ImageBackend.Web.Tests;
using Microsoft.Playwright;
using NetVips;
using static Microsoft.Playwright.Assertions;

namespace ImageBackend.Studio.Tests;

/// <summary>What is done with one stored image.</summary>
public sealed class ImageFlowTests(Chromium chromium, S3Server server) : StudioTests(chromium, server)
{
    [SkippableTheory]
    [InlineData(StudioSite.Folders)]
    [InlineData(StudioSite.S3)]
    public async Task A_crop_is_drawn_with_the_mouse_and_published(string storage)
    {
        StudioSite site = await StartAsync(storage);
        string key = await site.UploadedAsync(Scenes.Photo(3, 1200, 800));
        await site.UnlockAsync($"image/{key}");
        await site.Press("Crop");
        await DrawAsync(site, 0.25, 0.25, 0.75, 0.5);

        string geometry = await site.Page.Locator("#geometry").InnerTextAsync();
        await site.Press("Publish with this crop");

        await Expect(site.Page.Locator("main .chip").First).ToHaveTextAsync("Published");
        await Expect(site.Page.Locator("dd code").First).ToHaveTextAsync(geometry);
        geometry.Should().MatchRegex(@"^(59\d|60\d)x(19\d|20\d)\+(29\d|30\d)\+(19\d|20\d)$", "that is where the box was drawn, give or take a pixel of the screen");
        using Image medium = Image.NewFromBuffer(await site.Service.Active.ReadAsync(key.Replace(".jpg", "MI.jpg", StringComparison.Ordinal)));
        medium.Height.Should().BeInRange(130, 137, "the thumbnail has the shape of the box");
    }

    [SkippableFact]
    public async Task A_crop_is_made_with_the_keyboard_alone()
    {
        StudioSite site = await StartAsync();
        string key = await site.PublishedAsync(Scenes.Photo(4, 1200, 800));
        await site.UnlockAsync($"image/{key}");
        await site.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Crop" }).FocusAsync();
        await site.Page.Keyboard.PressAsync("Enter");
        ILocator box = site.Page.GetByRole(AriaRole.Group, new PageGetByRoleOptions { Name = "Crop", Exact = true });
        await Expect(site.Page.Locator("#geometry")).ToHaveTextAsync("1200x800+0+0");

        // Each press is a hundredth of the longer side, with Alt a pixel.
        await box.FocusAsync();
        await RepeatAsync(site, "Shift+ArrowLeft", 50);
        await RepeatAsync(site, "Shift+ArrowUp", 20);
        await RepeatAsync(site, "ArrowRight", 10);
        await RepeatAsync(site, "ArrowDown", 5);
        await RepeatAsync(site, "Alt+ArrowDown", 3);

        await Expect(site.Page.Locator("#geometry")).ToHaveTextAsync("600x560+120+63");
        await site.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save under a new name" }).FocusAsync();
        await site.Page.Keyboard.PressAsync("Enter");
        string made = await site.NextImageAsync(key);
        await Expect(site.Page.Locator("dd code").First).ToHaveTextAsync("600x560+120+63");
        (await site.Service.Active.NamesAsync()).Should().Contain([key, made], "the old image stays");
    }

    [SkippableFact]
    public async Task A_crop_keeps_the_shape_that_is_chosen_and_stays_inside_the_picture()
    {
        StudioSite site = await StartAsync();
        string key = await site.PublishedAsync(Scenes.Photo(5, 1200, 800));
        await site.UnlockAsync($"image/{key}");
        await site.Press("Crop");

        await site.Page.GetByLabel("Square").CheckAsync();
        await Expect(site.Page.Locator("#geometry")).ToHaveTextAsync("800x800+200+0");
        await DrawAsync(site, 0.5, 0.5, 1.5, 0.9);
        await Expect(site.Page.Locator("#geometry")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^(40\d|39\d)x\1\+\d+\+\d+$"));
        await site.Page.GetByLabel("Width").FillAsync("300");
        await site.Page.GetByLabel("Width").PressAsync("Tab");
        await Expect(site.Page.Locator("#geometry")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^300x300\+"));
        await site.Press("Crop this image");

        await Expect(site.Text("The thumbnails were made again.")).ToBeVisibleAsync();
        await Expect(site.Page.Locator("dd code").First).ToContainTextAsync("300x300+");
    }

    [SkippableTheory]
    [InlineData(StudioSite.Folders)]
    [InlineData(StudioSite.S3)]
    public async Task A_rotated_image_is_shown_upright_under_its_new_name(string storage)
    {
        StudioSite site = await StartAsync(storage);
        string key = await site.PublishedAsync(Scenes.Photo(6, 1200, 800));
        await site.UnlockAsync($"image/{key}");

        await site.Press("Rotate right");

        string turned = await site.NextImageAsync(key);
        await Expect(site.Text("800 × 1200 pixels")).ToBeVisibleAsync();
        (await site.Service.Active.NamesAsync()).Should().Contain(turned).And.NotContain(key);
    }

    [SkippableTheory]
    [InlineData(StudioSite.Folders)]
    [InlineData(StudioSite.S3)]
    public async Task An_image_is_deleted_only_once_that_is_confirmed(string storage)
    {
        StudioSite site = await StartAsync(storage);
        string key = await site.PublishedAsync(Scenes.Photo(7, 600, 400));
        await site.UnlockAsync($"image/{key}");
        ILocator dialog = site.Page.GetByRole(AriaRole.Dialog);

        await site.Press("Delete");
        await site.Press("Cancel", dialog);
        (await site.Service.Active.NamesAsync()).Should().Contain(key);
        await site.Press("Delete");
        await site.Press("Delete", dialog);

        await Expect(site.Text("Nothing is published yet.")).ToBeVisibleAsync();
        (await site.Service.Active.NamesAsync()).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task An_image_is_verified_and_a_lost_thumbnail_is_found()
    {
        StudioSite site = await StartAsync();
        string key = await site.PublishedAsync(Scenes.Photo(8, 600, 400));
        await site.UnlockAsync($"image/{key}");
        await site.Press("Verify");
        await Expect(site.Text("Verified: everything is there and whole.")).ToBeVisibleAsync();

        string lost = key.Replace(".jpg", "MI.jpg", StringComparison.Ordinal);
        await site.Service.Active.RemoveAsync(lost);
        await site.Press("Verify");

        await Expect(site.Page.Locator(".banner.bad")).ToContainTextAsync(lost);
        await site.Page.ReloadAsync();
        await Expect(site.Page.Locator("tr", new PageLocatorOptions { HasText = "MI" }).Locator(".chip")).ToHaveTextAsync("Missing");
    }

    [SkippableFact]
    public async Task Two_pictures_are_compared_with_a_slider()
    {
        StudioSite site = await StartAsync(variables: ("GENERATE_AVIF", "1"));
        string key = await site.PublishedAsync(Scenes.Photo(9));
        await Eventually.IsAsync(async () => (await site.Service.Active.NamesAsync()).Count == 7);
        await site.UnlockAsync($"image/{key}");

        await site.Press("Compare");

        ILocator slider = site.Page.GetByRole(AriaRole.Slider);
        await Expect(site.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Status)).ToContainTextAsync("BI AVIF has fewer bytes than BI JPG: −");
        await slider.FocusAsync();
        await site.Page.Keyboard.PressAsync("ArrowRight");
        (await slider.InputValueAsync()).Should().Be("51");
        await Expect(site.Page.Locator(".compare .picture.loading, .compare .picture.missing")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task What_somebody_else_deleted_meanwhile_is_said_to_be_gone()
    {
        StudioSite site = await StartAsync();
        site.Expects(404);
        string key = await site.UploadedAsync(Scenes.Photo(10, 600, 400));
        await site.UnlockAsync($"image/{key}");
        await Expect(site.Heading(key)).ToBeVisibleAsync();
        using (HttpResponseMessage deleted = await site.Service.DeleteAsync(key))
        {
            deleted.IsSuccessStatusCode.Should().BeTrue();
        }

        await site.Press("Publish");

        await Expect(site.Heading("Nothing here any more")).ToBeVisibleAsync();
        await Expect(site.Text("somebody deleted it, or it expired").First).ToBeVisibleAsync();
    }

    private static async Task DrawAsync(StudioSite site, double left, double top, double right, double bottom)
    {
        ILocator stage = site.Page.Locator(".stage");
        await Expect(stage.Locator(".picture.loading")).ToHaveCountAsync(0);
        LocatorBoundingBoxResult at = (await stage.BoundingBoxAsync())!;
        await site.Page.Mouse.MoveAsync((float)(at.X + (at.Width * left)), (float)(at.Y + (at.Height * top)));
        await site.Page.Mouse.DownAsync();
        await site.Page.Mouse.MoveAsync((float)(at.X + (at.Width * right)), (float)(at.Y + (at.Height * bottom)), new MouseMoveOptions { Steps = 6 });
        await site.Page.Mouse.UpAsync();
    }

    private static async Task RepeatAsync(StudioSite site, string key, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await site.Page.Keyboard.PressAsync(key);
        }
    }
}
