using System.Globalization;
using System.Text.Json;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Tests.Configuration;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <param name="Arguments">ImageMagick's arguments.</param>
internal sealed record GeometryCase(IReadOnlyList<string> Arguments)
{
    /// <returns>What the settings parse it to.</returns>
    public ThumbnailSpec ToSpec(string suffix)
    {
        SettingsReader reader = new Variables
        {
            ["RESIZING_CONFIG"] = JsonSerializer.Serialize(new[] { new { suffix, convert = Arguments.Concat(["-quality", "95"]) } }),
        }.Reader();
        ThumbnailSet set = ResizingConfig.Read(reader);
        reader.Mistakes.Should().BeEmpty(ToString());
        return set.Specs[0];
    }

    public override string ToString() => string.Join(' ', Arguments);
}

/// <summary>Generates supported arguments, in every form and order.</summary>
internal sealed class GeometryCases(Random random)
{
    private static readonly string[][] Orders =
    [
        ["-resize"], ["-thumbnail"], ["-crop"], ["-extent"],
        ["-resize", "-crop"], ["-thumbnail", "-crop"], ["-resize", "-extent"], ["-thumbnail", "-extent"],
        ["-crop", "-resize"], ["-crop", "-extent"], ["-crop", "-crop"],
        ["-crop", "-resize", "-crop"], ["-crop", "-thumbnail", "-extent"],
    ];

    public GeometryCase Next()
    {
        List<string> arguments = [];
        bool isPart = false;
        foreach (string order in Orders[random.Next(Orders.Length)])
        {
            if (Chance(60))
            {
                arguments.AddRange(["-gravity", Enum.GetNames<Gravity>()[random.Next(9)]]);
            }

            string value = order switch
            {
                "-crop" => Crop(),
                "-extent" => Extent(),
                _ => Box(),
            };
            if (isPart && (order == "-crop" || (order == "-extent" && !IsWhole(value)) || Chance(50)))
            {
                arguments.Add("+repage");
                isPart = false;
            }

            if (order == "-extent" && Chance(60))
            {
                arguments.AddRange(["-background", Chance(50) ? "#ff00ff" : "black"]);
            }

            isPart |= order == "-crop";
            arguments.AddRange([order, value]);
            // Too late to have an effect.
            if (Chance(10))
            {
                arguments.AddRange(["-background", "#00ff00", "-gravity", "South"]);
            }
        }

        return new GeometryCase(arguments);

        static bool IsWhole(string value) => value.Contains('x', StringComparison.Ordinal) && char.IsDigit(value[0]) && value.Split('x')[1] is [>= '0' and <= '9', ..];
    }

    private string Box() => random.Next(8) switch
    {
        0 => $"{Percent()}%{Flags()}",
        1 => Chance(50) ? $"{Percent()}%x{Percent()}%{Flags()}" : $"{Percent()}x{Percent()}%{Flags()}",
        2 => $"{Number(random.Next(1, 100_000))}@{(Chance(30) ? ">" : "")}",
        3 => $"{Side()}{(Chance(30) ? "x" : "")}{Flags()}",
        4 => $"x{Side()}{Flags()}",
        5 => $"{Side()}x{Side()}{Offset()}{Flags()}",
        _ => $"{Side()}x{Side()}{Flags()}",
    };

    private string Crop() => random.Next(6) switch
    {
        0 => $"{Percent()}%x{Percent()}%{Offset()}",
        1 => $"{Percent()}x{Percent()}{Offset()}%",
        2 => Chance(50) ? $"x{Side()}{Offset()}" : $"{Side()}x{Offset()}",
        3 => Offset(),
        _ => $"{Side()}x{Side()}{Offset()}{(Chance(20) ? "!" : "")}",
    };

    private string Extent() => random.Next(6) switch
    {
        0 => $"{Percent()}%",
        1 => $"{Percent()}%x{Percent()}%{Offset()}",
        2 => Chance(50) ? $"x{Side()}" : $"{Side()}",
        3 => $"{Side()}x{Side()}",
        _ => $"{Side()}x{Side()}{Offset()}",
    };

    private string Flags() => random.Next(9) switch
    {
        0 => ">",
        1 => "<",
        2 => "^",
        3 => "!",
        4 => "^>",
        5 => "!<",
        6 => ">!",
        7 => "<^",
        _ => "",
    };

    private int Side() => Chance(25) ? random.Next(1, 30) : random.Next(20, 450);

    private string Percent() => Number(Chance(70) ? random.Next(5, 120) : random.Next(120, 300));

    // Occasionally with a fraction.
    private string Number(int whole) => Chance(20) ? string.Create(CultureInfo.InvariantCulture, $"{whole}.{random.Next(1, 100):00}") : $"{whole}";

    private string Offset()
    {
        return One() + One();

        string One() => random.Next(3) switch
        {
            0 => "+0",
            1 => $"+{random.Next(Chance(50) ? 10 : 60)}",
            _ => $"-{random.Next(Chance(50) ? 10 : 60)}",
        };
    }

    private bool Chance(int percent) => random.Next(100) < percent;
}
