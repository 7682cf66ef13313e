using System.Globalization;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Application.Tests.Abstractions;

public sealed class TakenAtTests
{
    [Theory]
    [InlineData("2026-07-14 09:31:05", null, "2026-07-14T09:31:05")]
    [InlineData("2026-07-14 09:31:05.12", 120, "2026-07-14T09:31:05.12+02:00")]
    [InlineData("2026-07-14 21:31:05", 0, "2026-07-14T21:31:05+00:00")]
    [InlineData("2026-07-14 00:00:00", -570, "2026-07-14T00:00:00-09:30")]
    public void Is_told_as_in_ISO_8601_by_the_clock_of_the_camera(string local, int? minutes, string expected)
    {
        TakenAt taken = new(DateTime.Parse(local, CultureInfo.InvariantCulture), minutes is { } offset ? TimeSpan.FromMinutes(offset) : null);

        taken.ToString().Should().Be(expected);
    }
}
