using System.Diagnostics;
using System.Globalization;
using ImageBackend.Testing;
using ImageBackend.Web.Tests;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace ImageBackend.Studio.Tests;

/// <summary>For the proof, on a machine that does nothing else: how long it takes.</summary>
[Collection(StudioCollection.Name)]
public sealed class TimesTests(Chromium chromium, S3Server server, ITestOutputHelper output)
{
    private const int Images = 2000;
    private const double MostMilliseconds = 300;

    /// <remarks>STUDIO_TIMES=1 measures.</remarks>
    [SkippableFact]
    public async Task The_page_is_interactive_soon_with_two_thousand_images()
    {
        Skip.If(Environment.GetEnvironmentVariable("STUDIO_TIMES") != "1", "STUDIO_TIMES=1 measures times");
        await using StudioSite site = await StudioSite.StartAsync(chromium, server);
        byte[] photo = Pictures.Jpeg(60, 40);
        for (int i = 0; i < Images; i++)
        {
            await site.Service.Active.PutAsync(string.Create(CultureInfo.InvariantCulture, $"{1475660224 + i}_{i:0000000000}.jpg"), photo);
        }

        await site.UnlockAsync("active");
        List<double> times = [];
        for (int i = 0; i < 9; i++)
        {
            await site.Page.ReloadAsync();
            await Expect(site.Page.Locator(".tile")).ToHaveCountAsync(48);
            times.Add(await site.Page.EvaluateAsync<double>("performance.getEntriesByName('shown')[0].startTime"));
        }

        double median = times.Order().ElementAt(times.Count / 2);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"studio | from the reload to the list of {Images} published images: median {median:0} ms of {times.Count}, {times.Min():0} to {times.Max():0} ms"));
        median.Should().BeLessThan(MostMilliseconds);
    }

    /// <remarks>STUDIO_ADDRESS and STUDIO_SECRET name a service that somebody has just started.</remarks>
    [SkippableFact]
    public async Task A_stranger_drops_a_photo_publishes_it_and_sees_it()
    {
        string? address = Environment.GetEnvironmentVariable("STUDIO_ADDRESS");
        Skip.If(address is null, "STUDIO_ADDRESS names no service");
        Stopwatch time = Stopwatch.StartNew();
        IPage page = await chromium.OpenAsync(View.Light);
        await page.GotoAsync(address!);
        await page.Locator("#files").SetInputFilesAsync(new FilePayload { Name = "photo.jpg", MimeType = "image/jpeg", Buffer = Scenes.Photo(0) });
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Enter the secret" }).ClickAsync();
        await page.GetByLabel("Secret", new PageGetByLabelOptions { Exact = true }).FillAsync(Environment.GetEnvironmentVariable("STUDIO_SECRET")!);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".tile a").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Publish", Exact = true }).ClickAsync();
        await Expect(page.Locator("main .chip").First).ToHaveTextAsync("Published");
        await page.Locator("dd a").ClickAsync();
        await Expect(page.Locator(".picture.loading").First).Not.ToBeVisibleAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"studio | the page, a photo, the secret, publish, see: {time.Elapsed.TotalSeconds:0.0} s"));
        await page.Context.CloseAsync();
    }
}
